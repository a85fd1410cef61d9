"""How far the machine's clock may be trusted: measured against the centre, watched for steps."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from content.clock import Clock

TOLERANCE_MS = 60_000
LONGEST_ROUND_TRIP = 10.0
_BACKWARDS = timedelta(seconds=5)


class Timekeeper:
    """The machine's clock beside the centre's; `floor` is an instant that has surely passed.

    `offset_ms` is the centre's time less the machine's.  The machine's time is never corrected here:
    while it is off by more than a minute, nothing but an emergency sounds.
    """

    def __init__(self, clock: Clock, floor: datetime | None = None) -> None:
        self.clock = clock
        self._floor = floor
        self._started = clock.monotonic()
        self._measured: tuple[timedelta, timedelta] | None = None
        self._lock = threading.Lock()

    def set_floor(self, floor: datetime | None) -> None:
        """Say that `floor` has surely passed."""
        self._floor = floor

    def measured(self, sent: tuple[float, datetime], received: float, centre: datetime) -> None:
        """Take a round trip: (monotonic, wall) when asked, monotonic when answered, the centre's time."""
        trip = received - sent[0]
        if not 0 <= trip <= LONGEST_ROUND_TRIP:
            return
        offset = centre - (sent[1] + timedelta(seconds=trip / 2))
        with self._lock:
            self._measured = (offset, sent[1] - datetime.fromtimestamp(sent[0], sent[1].tzinfo))

    @property
    def offset_ms(self) -> int | None:
        """The centre's time less the machine's, in ms; None before the centre was heard."""
        with self._lock:
            if self._measured is None:
                return None
            offset, drift = self._measured
        stepped = self._wall_less_monotonic() - drift
        return round((offset - stepped) / timedelta(milliseconds=1))

    @property
    def ok(self) -> bool:
        """Whether the machine's time is fit to play by."""
        offset = self.offset_ms
        if offset is not None:
            return abs(offset) <= TOLERANCE_MS
        return self._floor is None or self.clock.now() >= self._floor - _BACKWARDS

    def now(self) -> datetime:
        """Return the best known time: the machine's while it is trusted, else the centre's or the floor."""
        now, offset = self.clock.now(), self.offset_ms
        if self.ok:
            return now
        return now + timedelta(milliseconds=offset) if offset is not None else self._floor or now

    def uptime_ms(self) -> int:
        """Return how long the program has run."""
        return round((self.clock.monotonic() - self._started) * 1000)

    def monotonic_of(self, instant: datetime) -> float:
        """Return the monotonic instant of `instant` of the best known time."""
        return self.clock.monotonic() + (instant - self.now()).total_seconds()

    def wall_of(self, monotonic: float) -> datetime:
        """Return the machine's time at a monotonic instant, to the nearest millisecond."""
        wall = self.clock.now() + timedelta(seconds=monotonic - self.clock.monotonic(), microseconds=500)
        return wall.replace(microsecond=wall.microsecond // 1000 * 1000)

    def _wall_less_monotonic(self) -> timedelta:
        wall = self.clock.now()
        return wall - datetime.fromtimestamp(self.clock.monotonic(), wall.tzinfo)
