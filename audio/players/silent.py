"""The silent twin: a player that sounds nothing, keeps time by its clock, and fails when told to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audio.players.base import Begun, Ended, PlayerEvent
from content.clock import Clock
from content.contracts.manifest import Item
from content.errors import CorruptError, UnavailableError


@dataclass
class _Run:
    item: Item
    from_ms: int
    at: float = 0.0
    begun: bool = False
    held_at: float | None = None

    def position(self, now: float) -> int:
        until = now if self.held_at is None else self.held_at
        passed = max(0, round((until - self.at) * 1000))
        return min(self.item.duration_ms, self.from_ms + passed)


class SilentPlayer:
    """Lasts as long as the manifest says.

    Levers for tests: `corrupt` (names of airings whose preload fails), `fail_on_start`, `stalled`
    (the position stands still), `die_at_ms` (ends with an error there).  `heard` lists the airings
    that began, in order, with the position they began at.
    """

    name = "silent"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready: dict[str, _Run] = {}
        self._run: _Run | None = None
        self.corrupt: set[str] = set()
        self.fail_on_start = False
        self.stalled = False
        self.die_at_ms: int | None = None
        self.heard: list[tuple[str, int]] = []
        self.volume = 100

    def preload(self, path: Path, item: Item, *, from_ms: int = 0) -> None:
        """Take the clip if its file is there and no lever says otherwise."""
        if item.id in self.corrupt or not path.exists():
            raise CorruptError("Tệp phát không giải mã được.")
        self._ready[item.id] = _Run(item, from_ms)

    def discard(self, airing: str) -> None:
        """Forget the clip."""
        self._ready.pop(airing, None)

    def start(self, airing: str, *, at: float) -> None:
        """Begin to count from `at`."""
        if self.fail_on_start or airing not in self._ready:
            raise UnavailableError("Ngõ ra âm thanh không mở được.")
        run = self._ready.pop(airing)
        run.at = max(at, self._clock.monotonic())
        self._run = run

    def poll(self) -> tuple[PlayerEvent, ...]:
        """Return what the clock has made happen."""
        run, now = self._run, self._clock.monotonic()
        events: list[PlayerEvent] = []
        if run is None or now < run.at or self.stalled:
            return ()
        if not run.begun:
            run.begun = True
            self.heard.append((run.item.id, run.from_ms))
            events.append(Begun(run.item.id, run.at))
        return (*events, *self._ended(run, run.position(now)))

    def position(self) -> int:
        """Return the position the clock gives, 0 while stalled or idle."""
        return 0 if self._run is None or self.stalled else self._run.position(self._clock.monotonic())

    def pause(self) -> None:
        """Hold the count."""
        if self._run and self._run.held_at is None:
            self._run.held_at = self._clock.monotonic()

    def resume(self) -> None:
        """Count on from where it was held."""
        if self._run and self._run.held_at is not None:
            self._run.at += self._clock.monotonic() - self._run.held_at
            self._run.held_at = None

    def stop(self) -> int:
        """Forget what plays; return its position."""
        position, self._run = self.position(), None
        return position

    def set_volume(self, percent: int) -> None:
        """Remember the volume."""
        self.volume = percent

    def close(self) -> None:
        """Forget everything."""
        self._run = None
        self._ready.clear()

    def _ended(self, run: _Run, position: int) -> tuple[PlayerEvent, ...]:
        if self.die_at_ms is not None and position >= self.die_at_ms:
            self._run = None
            return (Ended(run.item.id, self.die_at_ms, "died"),)
        if position >= run.item.duration_ms:
            self._run = None
            return (Ended(run.item.id, position),)
        return ()
