"""The silent twin: a player that sounds nothing, keeps time by its clock, and fails when told to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audio.players.base import SILENCE_SECONDS, Begun, Ended, Mended, PlayerEvent
from audio.players.streams import checked_source
from content.clock import Clock
from content.contracts.manifest import Item
from content.errors import CorruptError, UnavailableError


@dataclass
class _Run:
    item: Item
    from_ms: int
    streams: bool = False
    at: float = 0.0
    until: float | None = None
    begun: bool = False
    held_at: float | None = None

    def position(self, now: float) -> int:
        until = now if self.held_at is None else self.held_at
        passed = max(0, round((until - self.at) * 1000))
        return min(self.item.duration_ms, self.from_ms + passed)

    def ends_at(self) -> float:
        """Return the instant at which it ends by itself, or because its time is up."""
        own = self.at + (self.item.duration_ms - self.from_ms) / 1000
        return own if self.until is None else min(own, self.until)


class SilentPlayer:
    """Lasts as long as the manifest says.

    Levers for tests: `corrupt` (names of airings whose preload fails), `fail_on_start`, `stalled`
    (the position stands still), `die_at_ms` (ends with an error there), `mend_at_ms` (the output is
    opened anew there, once), `mute_after_ms` (from there a stream is silent).  `heard` lists the
    airings that began, in order, with the position they began at; `streamed` those of them that
    were streams.
    """

    name = "silent"

    def __init__(self, clock: Clock, *, silence: float = SILENCE_SECONDS) -> None:
        self._clock = clock
        self._silence_ms = round(silence * 1000)
        self._ready: dict[str, _Run] = {}
        self._run: _Run | None = None
        self._next: _Run | None = None
        self.corrupt: set[str] = set()
        self.fail_on_start = False
        self.stalled = False
        self.die_at_ms: int | None = None
        self.mend_at_ms: int | None = None
        self.mute_after_ms: int | None = None
        self.heard: list[tuple[str, int]] = []
        self.streamed: list[str] = []
        self.volume = 100

    def preload(self, path: Path | None, item: Item, *, from_ms: int = 0) -> None:
        """Take the clip if its file is there, or the stream, and no lever says otherwise."""
        if path is None:
            checked_source(item.source)
        elif item.id in self.corrupt or not path.exists():
            raise CorruptError("Tệp phát không giải mã được.")
        self._ready[item.id] = _Run(item, from_ms, streams=path is None)

    def discard(self, airing: str) -> None:
        """Forget the clip."""
        self._ready.pop(airing, None)
        if self._next is not None and self._next.item.id == airing:
            self._next = None

    def start(self, airing: str, *, at: float, until: float | None = None) -> None:
        """Begin to count from `at`, or from the end of what counts."""
        if self.fail_on_start or airing not in self._ready or self._next is not None:
            raise UnavailableError("Ngõ ra âm thanh không mở được.")
        run = self._ready.pop(airing)
        run.at, run.until = max(at, self._clock.monotonic()), until
        if self._run is None:
            self._run = run
        else:
            self._next = run

    def poll(self) -> tuple[PlayerEvent, ...]:
        """Return what the clock has made happen."""
        now = self._clock.monotonic()
        events: list[PlayerEvent] = []
        while (run := self._run) is not None and now >= run.at and not self.stalled:
            events += self._events_of(run, now)
            if self._run is run:
                break
        return tuple(events)

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

    def stop(self, airing: str) -> int:
        """Forget what plays; return its position."""
        if self._run is None or self._run.item.id != airing:
            return 0
        position = self.position()
        self._over(self._clock.monotonic())
        return position

    def set_volume(self, percent: int) -> None:
        """Remember the volume."""
        self.volume = percent

    def close(self) -> None:
        """Forget everything."""
        self._run = self._next = None
        self._ready.clear()

    def _events_of(self, run: _Run, now: float) -> list[PlayerEvent]:
        name, position = run.item.id, run.position(now)
        mute_at = self.mute_after_ms if run.streams else None
        events: list[PlayerEvent] = []
        if not run.begun and mute_at != 0:
            self._begin(run)
            events.append(Begun(name, run.at))
        if self.mend_at_ms is not None and position >= self.mend_at_ms:
            events.append(Mended(name, self.mend_at_ms, "the player died"))
            self.mend_at_ms = None
        if ended := self._ending(run, now, mute_at):
            events.append(ended)
            self._over(min(now, run.ends_at()) if ended.error is None else now)
        return events

    def _begin(self, run: _Run) -> None:
        run.begun = True
        self.heard.append((run.item.id, run.from_ms))
        if run.streams:
            self.streamed.append(run.item.id)

    def _ending(self, run: _Run, now: float, mute_at: int | None) -> Ended | None:
        name, position = run.item.id, run.position(now if run.until is None else min(now, run.until))
        if mute_at is not None and position >= mute_at + self._silence_ms:
            return Ended(name, mute_at, "the stream was silent", silent=True)
        if self.die_at_ms is not None and position >= self.die_at_ms:
            return Ended(name, self.die_at_ms, "died")
        if position >= run.item.duration_ms or (run.until is not None and now >= run.until):
            return Ended(name, position)
        return None

    def _over(self, at: float) -> None:
        """Let what follows take the place of what ended at `at`."""
        self._run, self._next = self._next, None
        if self._run is not None:
            self._run.at = max(self._run.at, at)
