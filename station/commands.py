"""Orders from the manifest, each done once by its id, before it expires, and journalled."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from content.contracts.airings import Reason, State
from content.contracts.manifest import Command, Item, Manifest
from station.journal import Journal
from station.loudness import Loudness, is_volume
from station.stage import Stage

EXPIRED = "expired"
NOTHING = "nothing_to_do"
UNKNOWN_ITEM = "unknown_item"
UNSUPPORTED = "unsupported"
BAD_VALUE = "bad_value"
DESK = "desk"
_DESK_PATIENCE = timedelta(minutes=5)

log = logging.getLogger("station")


@dataclass(frozen=True)
class _Order:
    """A command with the item it names, and the generation it came in."""

    command: Command
    item: Item | None
    generation: int


class Orders:
    """Carries out the commands of a manifest."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        loudness: Loudness,
        *,
        test: Callable[[], str | None] | None = None,
    ) -> None:
        """`test` begins the sound test and returns why not, None when it begins."""
        self._stage = stage
        self._journal = journal
        self._loudness = loudness
        self._done = journal.commands_done()
        self._called: dict[str, datetime] = {}
        self._owed: list[tuple[str, dict[str, Any]]] = []
        self._actions: dict[str, Callable[[_Order], str | None]] = {
            "play": self._play,
            "pause": self._pause,
            "resume": self._resume,
            "skip": self._skip,
            "stop": self._stop,
            "volume": self._volume,
        }
        if test is not None:
            self._actions["test"] = lambda _order: test()

    def carry_out(self, manifest: Manifest, now: datetime) -> None:
        """Do every command of `manifest` that is not done yet, in the order of its issue."""
        for command in sorted(manifest.commands, key=lambda command: (command.issued_at, command.id)):
            if command.id not in self._done:
                item = next((item for item in manifest.items if item.id == command.item), None)
                self._do(_Order(command, item, manifest.generation), now)

    def at_desk(
        self, kind: str, now: datetime, *, item: Item | None, value: int | str | None, generation: int
    ) -> str | None:
        """Do what somebody at the machine asks for, as a command by `desk`; return why not, if not."""
        name = item.id if item else None
        command = Command(str(uuid.uuid4()), kind, name, value, DESK, now, now + _DESK_PATIENCE)
        return self._do(_Order(command, item, generation), now)

    def settle(self) -> None:
        """Commit the records that are owed to the journal; what it cannot take stays owed."""
        while self._owed:
            command, matter = self._owed[0]
            self._journal.command_done(command, **matter)
            del self._owed[0]

    def called(self, now: datetime) -> set[str]:
        """Return the airings that were asked for and may still begin for it."""
        return {airing for airing, until in self._called.items() if now <= until}

    def restore_volume(self) -> None:
        """Set the volume that was last ordered, whatever became of the journal."""
        kept = self._loudness.restored()
        if kept is not None:
            self._stage.player.set_volume(kept)

    def _do(self, order: _Order, now: datetime) -> str | None:
        # Marked before it is carried out: a command that fails badly is not tried at every step.
        command = order.command
        self._done.add(command.id)
        action = self._actions.get(command.kind)
        refusal: str | None = EXPIRED
        try:
            if now <= command.expires_at:
                refusal = action(order) if action else UNSUPPORTED
        except sqlite3.Error:
            # What was done to the loudspeaker is done; the journal is told when it can be written.
            self._owe(order, None)
            raise
        self._owe(order, refusal)
        self.settle()
        log.info("command %s by %s: %s", command.kind, command.by, refusal or "done")
        return refusal

    def _owe(self, order: _Order, refusal: str | None) -> None:
        command = order.command
        words = [command.kind, command.id, *([str(command.value)] if command.value is not None else [])]
        matter = {
            "airing": order.item.id if order.item else None,
            "generation": order.generation or None,
            "by": command.by,
            "reason": refusal,
            "note": " ".join(words),
        }
        self._owed.append((command.id, matter))

    def _play(self, order: _Order) -> str | None:
        if order.command.item is None:
            return self._resume(order)
        if order.item is None:
            return UNKNOWN_ITEM
        if order.item.id in self._journal.taken:
            return NOTHING
        self._called[order.item.id] = order.command.expires_at
        return None

    def _pause(self, order: _Order) -> str | None:
        return None if self._is_current(order) and self._stage.pause() else NOTHING

    def _resume(self, order: _Order) -> str | None:
        return None if self._is_current(order) and self._stage.resume() else NOTHING

    def _skip(self, order: _Order) -> str | None:
        command, item = order.command, order.item
        if self._end_current(order) or (
            command.item and (self._end_follower(order) or self._end_aside(order))
        ):
            return None
        if item is None:
            return UNKNOWN_ITEM if command.item else NOTHING
        if item.id in self._journal.taken:
            return NOTHING
        self._journal.not_played(
            item, State.SKIPPED, Reason.OPERATOR, generation=order.generation, by=command.by
        )
        return None

    def _stop(self, order: _Order) -> str | None:
        aside, follower = self._end_aside(order), self._end_follower(order)
        return None if self._end_current(order) or aside or follower else NOTHING

    def _volume(self, order: _Order) -> str | None:
        percent = order.command.value
        if not isinstance(percent, int) or not is_volume(percent):
            return BAD_VALUE
        self._stage.player.set_volume(percent)
        self._loudness.keep(percent)
        return None

    def _end_current(self, order: _Order) -> bool:
        if not self._is_current(order):
            return False
        self._stage.end(State.PARTIAL, Reason.OPERATOR, by=order.command.by)
        return True

    def _end_follower(self, order: _Order) -> bool:
        """Take back what was to follow if the order means it; tell whether it did."""
        following = self._stage.following
        if following is None or order.command.item not in {None, following.id}:
            return False
        self._stage.end_follower(State.SKIPPED, Reason.OPERATOR, by=order.command.by)
        return True

    def _end_aside(self, order: _Order) -> bool:
        """End what the order means of all that an emergency set aside; tell whether there was any."""
        meant = [act for act in self._stage.aside if order.command.item in {None, act.item.id}]
        for act in meant:
            self._stage.end_aside(act, State.PARTIAL, Reason.OPERATOR, by=order.command.by)
        return bool(meant)

    def _is_current(self, order: _Order) -> bool:
        playing = self._stage.playing
        return playing is not None and order.command.item in {None, playing.id}
