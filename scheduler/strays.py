"""What still lies in the place a window had: inside the lock-in nothing moves by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import Level, State
from scheduler.calendars import load_calendars
from scheduler.models.airing import Airing
from scheduler.models.window import Window
from scheduler.recurrence import DAY, broadcasts
from scheduler.rules import Rules


def strays(session: Session, window: Window, *, rules: Rules, now: datetime) -> int:
    """Return how many airings of a window will sound soon on a day that it does not have any more."""
    until = now + rules.lock_in
    first, end = rules.day_of(now) - DAY, rules.day_of(until) + DAY
    calendars = load_calendars(session)
    held = broadcasts(window, start=first, end=end, zone=rules.zone, calendars=calendars)
    times = [(one.starts_at, one.ends_at) for one in held]
    query = select(Airing.starts_at).where(
        Airing.window_id == window.id,
        Airing.station == window.station,
        Airing.starts_at > now,
        Airing.starts_at < until,
        Airing.rank < State.ON_AIR.rank,
        Airing.recalled_at.is_(None),
        Airing.level != str(Level.EMERGENCY),
    )
    soon = session.scalars(query)
    return sum(not any(starts <= at < ends for starts, ends in times) for at in soon)
