"""How far the machine's clock may be trusted: measured against the centre, watched for steps."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from content.clock import Clock

TOLERANCE_MS = 60_000
LONGEST_ROUND_TRIP = 10.0
POLLS_KEPT = 8
_BACKWARDS = timedelta(seconds=5)
_SET = timedelta(milliseconds=TOLERANCE_MS)
_SLACK = timedelta(milliseconds=250)


@dataclass(frozen=True)
class _Poll:
    """One round trip: the centre's time less the monotonic clock's, and how long it took (s)."""

    ahead: timedelta
    trip: float

    def agrees(self, other: _Poll) -> bool:
        """Tell whether both can be true; half a round trip is the most that each is wrong by."""
        return abs(self.ahead - other.ahead) <= timedelta(seconds=(self.trip + other.trip) / 2) + _SLACK


class Timekeeper:
    """The machine's clock beside the centre's.

    `offset_ms` is the centre's time less the machine's, by the shortest of the last eight round trips.
    The machine's time is never corrected here: while it is off by more than a minute, nothing but an
    emergency sounds.  Before the centre was heard the machine is believed unless it shows less than
    `floor`, an instant that has surely passed, or is `kept` False: it has no clock that runs without power,
    or it is set by more than a minute while the program runs, and `synced` does not say that NTP did it.
    """

    def __init__(
        self,
        clock: Clock,
        floor: datetime | None = None,
        *,
        kept: bool = True,
        synced: Callable[[], bool] = lambda: False,
    ) -> None:
        self.clock = clock
        self._synced = synced
        self._believed: timedelta | None = None
        self._floor = floor
        self._kept = kept
        self._started = clock.monotonic()
        self._polls: deque[_Poll] = deque(maxlen=POLLS_KEPT)
        self._best: _Poll | None = None
        self._lock = threading.Lock()

    def set_floor(self, floor: datetime | None, *, kept: bool = True) -> None:
        """Say that `floor` has surely passed, and whether the machine's clock has run all the time."""
        self._floor, self._kept = floor, kept

    def measured(self, sent: tuple[float, datetime], received: float, centre: datetime) -> None:
        """Take a round trip: (monotonic, wall) when asked, monotonic when answered, the centre's time."""
        trip = received - sent[0]
        if not 0 <= trip <= LONGEST_ROUND_TRIP:
            return
        poll = _Poll(centre - _face(sent[0] + trip / 2), trip)
        with self._lock:
            # Polls that cannot both be true tell that a clock was set in between: the newest is right.
            if self._best is not None and not poll.agrees(self._best):
                self._polls.clear()
            self._polls.append(poll)
            self._best = min(self._polls, key=lambda one: one.trip)

    @property
    def measured_once(self) -> bool:
        """Whether the centre was heard in this run."""
        return self._best is not None

    @property
    def offset_ms(self) -> int | None:
        """The centre's time less the machine's, in ms; None before the centre was heard."""
        best = self._best
        if best is None:
            return None
        return round((best.ahead - self._wall_less_monotonic()) / timedelta(milliseconds=1))

    @property
    def ok(self) -> bool:
        """Whether the machine's time is fit to play by."""
        offset = self.offset_ms
        if offset is not None:
            return abs(offset) <= TOLERANCE_MS
        running = self._kept or self._synced()
        fit = running and (self._floor is None or self.clock.now() >= self._floor - _BACKWARDS)
        return fit and self._is_as_believed()

    def now(self) -> datetime:
        """Return the best known time: the machine's while it is trusted, else the centre's.

        Without either: what the machine would show if nobody had set it, or the floor.
        """
        now, offset = self.clock.now(), self.offset_ms
        if self.ok:
            return now
        if offset is not None:
            return now + timedelta(milliseconds=offset)
        if self._believed is not None:
            return _face(self.clock.monotonic()) + self._believed
        return max(now, self._floor) if self._floor else now

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

    def _is_as_believed(self) -> bool:
        """Tell whether the wall clock has not been set since it was first believed, or was set by NTP."""
        ahead = self._wall_less_monotonic()
        if self._believed is None or (abs(ahead - self._believed) > _SET and self._synced()):
            self._believed = ahead
        return abs(ahead - self._believed) <= _SET

    def _wall_less_monotonic(self) -> timedelta:
        return self.clock.now() - _face(self.clock.monotonic())


def _face(monotonic: float) -> datetime:
    return datetime.fromtimestamp(monotonic, UTC)
