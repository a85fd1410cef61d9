"""Windows: making and ending the recurring times of a station's broadcasts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from content.text import NAME_LIMIT, line
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import blocked_until, instant_at
from scheduler.recurrence import check_local_time, check_rule
from scheduler.rules import Rules

LONGEST_MS = 4 * 3600 * 1000
FARTHEST = timedelta(days=3653)


def create_window(
    session: Session,
    station: Station,
    *,
    title: str,
    rrule: str,
    local_start: str,
    budget_ms: int,
    first_day: date,
    rules: Rules,
    now: datetime,
    last_day: date | None = None,
    enforce_limits: bool = True,
) -> Window:
    """Store a window, or raise InvalidInputError naming the field (`rrule`, `local_start`, `budget_ms`…)."""
    if abs(first_day - rules.day_of(now)) > FARTHEST:
        raise InvalidInputError("Ngày đầu cách hôm nay quá mười năm.", field="first_day")
    check_rule(rrule, first_day=first_day)
    wall = check_local_time(local_start, field="local_start")
    if not 0 < budget_ms <= LONGEST_MS:
        raise InvalidInputError("Khung giờ phải dài từ 1 giây đến 4 giờ.", field="budget_ms")
    if last_day is not None and last_day < first_day:
        raise InvalidInputError("Ngày cuối sớm hơn ngày đầu.", field="last_day")
    begins = instant_at(first_day, wall, rules.zone)
    ends = begins + timedelta(milliseconds=budget_ms)
    enforced = enforce_limits or not rules.rehearsal
    if enforced and blocked_until(begins, ends, rules.quiet, rules.zone):
        raise InvalidInputError("Khung giờ chạm vào giờ yên tĩnh.", field="local_start")
    window = Window(
        station=station.name,
        title=line(title, field="title", what="Tên khung giờ", limit=NAME_LIMIT),
        rrule=rrule.strip(),
        local_start=local_start,
        budget_ms=budget_ms,
        first_day=first_day,
        last_day=last_day,
        enforce_limits=enforce_limits,
        created_at=now,
    )
    session.add(window)
    session.flush()
    return window


def end_window(session: Session, window: Window, *, last_day: date) -> None:
    """Let the window broadcast for the last time on `last_day`; what was planned later is moved."""
    window.last_day = max(last_day, window.first_day)
    session.flush()


def windows_of(session: Session, stations: Iterable[str]) -> dict[str, list[Window]]:
    """Return station → its windows, for the stations that have any."""
    found: dict[str, list[Window]] = {}
    query = select(Window).where(Window.station.in_(list(stations))).order_by(Window.id)
    for window in session.scalars(query):
        found.setdefault(window.station, []).append(window)
    return found
