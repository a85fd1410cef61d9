"""The clips that stand ready in the player, and those it could not take."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from audio.players.base import Player
from content.contracts.airings import Reason
from content.contracts.manifest import ClipRef, Item
from content.errors import CorruptError, UnavailableError
from station.journal import Journal
from station.store import Store

log = logging.getLogger("station")


class Cues:
    """Keeps the player ready for what comes next.

    `failed`: airings whose clip will never sound here, with the reason · `troubled`: airings whose
    clip the player could not take when last tried.
    """

    def __init__(self, player: Player, store: Store, journal: Journal) -> None:
        self._player = player
        self._store = store
        self._journal = journal
        self._ready: set[str] = set()
        self.failed: dict[str, Reason] = {}
        self.troubled: set[str] = set()

    def prepare(self, items: Sequence[Item]) -> None:
        """Have just these ready, the first of them first; one more at a time, for it takes its time."""
        for airing in self._ready - {item.id for item in items}:
            self._player.discard(airing)
            self._ready.discard(airing)
        for item in items:
            if item.id not in self._ready:
                self._try(item)
                if item.id in self._ready:
                    return

    def ready(self, airing: str) -> bool:
        """Tell whether the airing can be started."""
        return airing in self._ready

    def used(self, airing: str) -> None:
        """Say that the player was started on it."""
        self._ready.discard(airing)

    def load_again(self, item: Item, *, from_ms: int) -> None:
        """Make ready what was cut off; raises CorruptError or UnavailableError."""
        self._player.preload(self._path(item), item, from_ms=from_ms)

    def load_stand_in(self, item: Item) -> bool:
        """Make ready the clip that stands in for a relay's stream; tell whether it is here and sounds."""
        if item.clip is None:
            return False
        try:
            self._player.preload(self._store.verified(item.clip), item)
        except (CorruptError, UnavailableError) as error:
            self._complain(item, str(error))
            return False
        return True

    def _path(self, item: Item) -> Path | None:
        """Return where the item's clip lies, None for a stream."""
        if item.source or item.clip is None:
            return None
        return self._store.path(item.clip.sha256)

    def _try(self, item: Item) -> None:
        clip = None if item.source else item.clip
        try:
            self._player.preload(self._store.verified(clip) if clip else None, item)
        except CorruptError as error:
            self._refuse(item, clip, error)
        except UnavailableError as error:
            self._complain(item, str(error))
            self.troubled.add(item.id)
        else:
            self._ready.add(item.id)
            self.troubled.discard(item.id)

    def _refuse(self, item: Item, clip: ClipRef | None, error: CorruptError) -> None:
        self._complain(item, str(error))
        if clip is None:
            self.failed[item.id] = Reason.SOURCE_SILENT
            return
        self._journal.alarm("clip_corrupt", f"{clip.sha256}: {error}", about=clip.sha256)
        # Bytes that are wrong on the disk are fetched again; bytes that are right and give no
        # sound will not get better.
        if clip.sha256 not in self._store.corrupt:
            self.failed[item.id] = Reason.CLIP_CORRUPT

    def _complain(self, item: Item, why: str) -> None:
        if item.id not in self.troubled:
            log.warning("cannot make %s ready: %s", item.title, why)
