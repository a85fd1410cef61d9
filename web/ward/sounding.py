"""How far an airing has got (pure): when it began, and when somebody paused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.models.airing import Airing

OVERDUE = timedelta(seconds=90)


@dataclass(frozen=True)
class Sounding:
    """What plays now: `elapsed` is how long it has really sounded."""

    airing: Airing
    started_at: datetime
    elapsed: timedelta
    paused: bool

    @property
    def duration(self) -> timedelta:
        """How long it sounds when nobody stops it."""
        return timedelta(milliseconds=self.airing.duration_ms)

    @property
    def elapsed_ms(self) -> int:
        """Whole milliseconds sounded, never more than it lasts; live words last 0, which is not known."""
        most = self.duration if self.airing.duration_ms else self.elapsed
        return min(self.elapsed, most) // timedelta(milliseconds=1)

    @property
    def left_ms(self) -> int:
        """Whole milliseconds still to come."""
        return max(self.airing.duration_ms - self.elapsed_ms, 0)

    @property
    def overdue(self) -> bool:
        """Whether it should have ended, and the station has not said that it has."""
        return self.airing.duration_ms > 0 and self.elapsed > self.duration + OVERDUE


def sounding(
    airing: Airing, started_at: datetime, switches: Sequence[tuple[str, datetime]], now: datetime
) -> Sounding:
    """Return how far `airing` has got; `switches` are ("pause" | "resume", when), oldest first."""
    elapsed, since, running = timedelta(), started_at, True
    for kind, at in switches:
        if running and kind == "pause":
            elapsed, running = elapsed + (at - since), False
        elif not running and kind == "resume":
            since, running = at, True
    if running:
        elapsed += max(now - since, timedelta())
    return Sounding(airing, started_at, elapsed, paused=not running)
