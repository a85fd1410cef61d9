"""The rules the planner keeps, as one value that is handed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from content.contracts.manifest import Quiet
from content.settings import Settings


@dataclass(frozen=True)
class Rules:
    """Zone, quiet hours and spacings.

    `lead`: how far ahead a new airing lies at least, so that it can be released and fetched.
    `lock_in`: a released airing nearer than this is not moved.  `gap`: silence between two clips.
    `repeat`: the least time between two starts of the same wording at a station.  `slack`: how late
    an airing may start.  `carry_days`: how many days after its due date a hearing may still be given.
    `fixed_clash`: what would run into a fixed time ends `before` it or is placed elsewhere (`move`).
    `after_preempt`: what becomes of an airing that an emergency cut.
    """

    zone: ZoneInfo
    quiet: tuple[Quiet, ...] = (Quiet("21:00", "06:00"),)
    rehearsal: bool = False
    horizon_days: int = 7
    carry_days: int = 1
    lead: timedelta = timedelta(seconds=10)
    lock_in: timedelta = timedelta(minutes=2)
    gap: timedelta = timedelta(seconds=1)
    repeat: timedelta = timedelta(hours=3)
    slack: timedelta = timedelta(seconds=120)
    fixed_slack: timedelta = timedelta(minutes=10)
    emergency_slack: timedelta = timedelta(hours=1)
    fixed_clash: Literal["before", "move"] = "move"
    after_preempt: Literal["resume", "restart", "drop"] = "resume"

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """Return the rules that the centre's settings ask for."""
        return cls(
            zone=settings.zone,
            quiet=(settings.quiet,),
            rehearsal=settings.rehearsal,
            horizon_days=settings.horizon_days,
            repeat=timedelta(minutes=settings.repeat_minutes),
            lock_in=timedelta(minutes=settings.minutes_of_lock_in),
            gap=timedelta(milliseconds=settings.gap_ms),
            slack=timedelta(seconds=settings.late_seconds),
            fixed_clash=settings.fixed_clash,
            after_preempt=settings.after_preempt,
        )

    def day_of(self, instant: datetime) -> date:
        """Return the local date of `instant`."""
        return instant.astimezone(self.zone).date()
