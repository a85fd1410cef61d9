"""Changes of calendars, held against the windows that follow them.

A window gains days when a calendar that it requires grows, when one that it leaves out shrinks, or when
working days are exchanged.  On these days it must neither meet another window of its station nor break
a rule; otherwise the change is refused, with the window and the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from scheduler.booked import Booked
from scheduler.calendars import Calendars, load_calendars
from scheduler.exceptions import take_up
from scheduler.limiting import Law, load_law, read_booked, require_window
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.recurrence import DAY, EIGHT_YEARS, broadcasts, window_days
from scheduler.rules import Rules
from scheduler.windows import windows_of


@contextmanager
def held(session: Session, *, rules: Rules, now: datetime, field: str = "days") -> Iterator[None]:
    """Let calendars be changed in the block.

    InvalidInputError, naming `field`, undoes the change where a window may not follow it.
    """
    before = load_calendars(session)
    with session.begin_nested():
        yield
        session.flush()
        _require(session, before, load_law(session, rules), rules.day_of(now), field)


def _require(session: Session, before: Calendars, law: Law, today: date, field: str) -> None:
    changed = [day for day in differing(before, law.calendars) if today <= day < today + EIGHT_YEARS]
    if not changed:
        return
    gains = _gains(session, before, law.calendars, (changed[0], changed[-1] + DAY))
    if not gains:
        return
    booked = read_booked(session, law, changed[0], changed[-1] + DAY)
    there = windows_of(session, gains)
    for name, gained in gains.items():
        try:
            _require_station(session, law, there[name], gained, booked=booked)
        except InvalidInputError as error:
            raise InvalidInputError(error.template, field=field, **error.facts) from error


def differing(before: Calendars, after: Calendars) -> list[date]:
    """Return the days on which some calendar says otherwise than before, in order (pure)."""
    days = set(before.swapped ^ after.swapped)
    for name in before.days.keys() | after.days.keys():
        days |= before.days.get(name, frozenset()) ^ after.days.get(name, frozenset())
    return sorted(days)


def _gains(
    session: Session, before: Calendars, after: Calendars, span: tuple[date, date]
) -> dict[str, dict[int, set[date]]]:
    """Return station → window → the days of `span` that it has now and had not."""
    still = or_(Window.last_day.is_(None), Window.last_day >= span[0])
    found: dict[str, dict[int, set[date]]] = defaultdict(dict)
    for window in session.scalars(select(Window).where(still, Window.first_day < span[1])):
        gained = _days(window, after, span) - _days(window, before, span) if window.calendars else set()
        if gained:
            found[window.station][window.id] = gained
    return found


def _days(window: Window, calendars: Calendars, span: tuple[date, date]) -> set[date]:
    return set(window_days(window, start=span[0], end=span[1], calendars=calendars))


def _require_station(
    session: Session,
    law: Law,
    windows: Sequence[Window],
    gained: Mapping[int, Collection[date]],
    *,
    booked: Booked,
) -> None:
    """Refuse where a window of a station in use may not have the days that it gained."""
    station = session.get_one(Station, windows[0].station)
    if station.retired_at is not None:
        return
    lenient = {window.id for window in windows if law.rules.rehearsal and not window.enforce_limits}
    gained = {window: days for window, days in gained.items() if window not in lenient}
    _require_apart(law, station, windows, gained)
    for window in (window for window in windows if window.id in gained):
        beside, own = [other for other in windows if other is not window], gained[window.id]
        try:
            used = require_window(
                session, law, station, window, beside, start=min(own), days=own, booked=booked
            )
        except InvalidInputError as error:
            raise _refused(window, station, error) from error
        take_up(session, used, window_id=window.id)


def _require_apart(
    law: Law, station: Station, windows: Sequence[Window], gained: Mapping[int, Collection[date]]
) -> None:
    """Refuse where a day that was gained lets two windows of a station meet."""
    days = {day for some in gained.values() for day in some}
    if not days:
        return
    span: dict[str, Any] = {"start": min(days) - DAY, "end": max(days) + 2 * DAY}
    known = {**span, "zone": law.rules.zone, "calendars": law.calendars}
    told = sorted(
        ((one, window) for window in windows for one in broadcasts(window, **known)),
        key=lambda pair: (pair[0].starts_at, pair[1].id),
    )
    for (earlier, first), (later, second) in pairwise(told):
        new = earlier.day in gained.get(first.id, ()) or later.day in gained.get(second.id, ())
        if new and later.starts_at < earlier.ends_at:
            raise InvalidInputError(
                "Lịch đổi như vậy thì khung giờ “{title}” của {station} trùng với “{other}” "
                "ngày {day:%d/%m/%Y}. Hãy sửa một trong hai khung giờ trước.",
                title=second.title,
                station=station.title,
                other=first.title,
                day=later.day,
            )


def _refused(window: Window, station: Station, error: InvalidInputError) -> InvalidInputError:
    """Return what a rule says against a window, told of the change of a calendar."""
    return InvalidInputError(
        "Lịch đổi như vậy thì khung giờ “{title}” của {station} trái quy định. {said}",
        title=window.title,
        station=station.title,
        said=str(error),
        **{name: error.facts.get(name) for name in ("rule", "day", "last", "until")},
        unit=station.unit_id,
    )
