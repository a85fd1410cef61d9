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
    an airing may start, `least_late`: how late it may start at least, before silences and fixed times,
    if it has a place where it may.  `carry_days`: on how many days with broadcasts after its due date a
    hearing may still be given, `carry_within`: within so many calendar days.  `fixed_slack`: how long a
    fixed time may wait for what cannot make way, `emergency_slack`: an emergency for another one.
    `fixed_clash`: what would run into a fixed time is placed right after it (`move`), or where it ends
    `before` one if the day has such a place, in a later broadcast too.
    `after_preempt`: what becomes of an airing that an emergency cut.
    """

    zone: ZoneInfo
    quiet: tuple[Quiet, ...] = (Quiet("21:00", "06:00"),)
    rehearsal: bool = False
    horizon_days: int = 7
    carry_days: int = 1
    carry_within: int = 10
    lead: timedelta = timedelta(seconds=10)
    lock_in: timedelta = timedelta(minutes=2)
    gap: timedelta = timedelta(seconds=1)
    repeat: timedelta = timedelta(hours=3)
    slack: timedelta = timedelta(seconds=120)
    least_late: timedelta = timedelta(seconds=5)
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
            carry_days=settings.carry_days,
            carry_within=settings.carry_within_days,
            lead=timedelta(seconds=settings.lead_seconds),
            repeat=timedelta(minutes=settings.repeat_minutes),
            lock_in=timedelta(minutes=settings.minutes_of_lock_in),
            gap=timedelta(milliseconds=settings.gap_ms),
            slack=timedelta(seconds=settings.late_seconds),
            least_late=timedelta(seconds=settings.least_late_seconds),
            fixed_slack=timedelta(minutes=settings.fixed_late_minutes),
            emergency_slack=timedelta(minutes=settings.emergency_wait_minutes),
            fixed_clash=settings.fixed_clash,
            after_preempt=settings.after_preempt,
        )

    def planned_until(self, today: date, *, weekly: bool) -> date:
        """Return the first day not planned yet; where weeks are approved, next week is planned whole."""
        end = today + timedelta(days=self.horizon_days)
        coming = today - timedelta(days=today.weekday()) + timedelta(days=14)
        return max(end, coming) if weekly else end

    def day_of(self, instant: datetime) -> date:
        """Return the local date of `instant`."""
        return instant.astimezone(self.zone).date()
