"""The sound test: the built-in tone, when nothing sounds, nothing is about to, and no hour is quiet."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from audio.players.tone import LENGTH_MS, make_test_tone
from content.contracts.airings import Kind, Level, born_airing_id
from content.contracts.manifest import ClipRef, Item, Mode
from station.decide import Start
from station.journal import Journal
from station.programme import Programme
from station.quiet import DEFAULT, first_free, quiet_spans
from station.stage import Stage
from station.store import Store
from station.timekeeping import Timekeeper

BUSY = "busy"
QUIET = "quiet_hours"
SILENT = "player_failed"
TITLE = "Thử loa"
_LENGTH = timedelta(milliseconds=LENGTH_MS)
_ROOM = _LENGTH + timedelta(seconds=10)


@dataclass
class Trial:
    """Sounds the tone as an airing of kind test, born at the station."""

    stage: Stage
    store: Store
    journal: Journal
    programme: Programme
    timekeeper: Timekeeper
    zone: ZoneInfo
    mode: Mode

    def sound(self) -> str | None:
        """Begin the test now; return why not, None when it begins."""
        now = self.timekeeper.now()
        if self.stage.current or self.stage.held or self._is_near(now):
            return BUSY
        if self._is_quiet(now):
            return QUIET
        item = self._item(now)
        self.stage.cues.prepare([item])
        begun = self.stage.begin(Start(item, now), generation=self.programme.generation or 0)
        return None if begun else SILENT

    def _is_near(self, now: datetime) -> bool:
        """Tell whether something is to begin before the test would be over."""
        manifest = self.programme.manifest
        waiting = [item for item in manifest.items if item.id not in self.journal.taken] if manifest else []
        return any(item.starts_at <= now + _ROOM and item.not_after >= now for item in waiting)

    def _is_quiet(self, now: datetime) -> bool:
        manifest = self.programme.manifest
        quiet = manifest.quiet if manifest else ()
        spans = quiet_spans(quiet or DEFAULT, self.zone, now)
        return self.mode == "production" and first_free(now, _LENGTH, spans) != now

    def _item(self, now: datetime) -> Item:
        return Item(
            id=born_airing_id(Kind.TEST, str(uuid.uuid4())),
            kind=Kind.TEST,
            level=Level.NORMAL,
            starts_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
            not_after=now + _ROOM,
            duration_ms=LENGTH_MS,
            clip=self._tone(),
            source=None,
            title=TITLE,
            programme=None,
            revision=None,
            approval=None,
            window=None,
            after_preempt="drop",
        )

    def _tone(self) -> ClipRef:
        """Return the tone as a clip, on the disk like any other."""
        data = make_test_tone()
        clip = ClipRef(hashlib.sha256(data).hexdigest(), len(data), "audio/wav")
        if not self.store.has(clip):
            self.store.path(clip.sha256).write_bytes(data)
        return clip
