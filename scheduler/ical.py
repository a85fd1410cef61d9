"""A station's windows as an iCalendar document (RFC 5545), for any calendar program.

A window with a plain rule goes out as that rule; one by the lunar calendar, with calendars, or with a
COUNT and a last day has no rule that others understand, so its days of the coming year are listed.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vRecur
from sqlalchemy.orm import Session

from content.contracts.instants import parse_local_time
from scheduler.calendars import Calendars, load_calendars
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import instant_at
from scheduler.recurrence import DAY, EIGHT_YEARS, days_of, window_days
from scheduler.rules import Rules
from scheduler.windows import windows_of

PRODUCT = "-//Loa Phuong//VI"
LISTED = timedelta(days=400)
_FIRST_ZONE_DAY = date(1970, 1, 1)


def calendar_of(session: Session, station: Station, *, rules: Rules, now: datetime) -> str:
    """Return the text of the station's windows that are not over, lines folded, ends CRLF."""
    today = rules.day_of(now)
    document = Calendar()
    document.add("prodid", PRODUCT)
    document.add("version", "2.0")
    document.add("x-wr-calname", station.title)
    document.add_component(Timezone.from_tzinfo(rules.zone, rules.zone.key, _FIRST_ZONE_DAY))
    calendars = load_calendars(session)
    for window in windows_of(session, [station.name]).get(station.name, []):
        if window.last_day is None or window.last_day >= today:
            event = _event(window, station, calendars, rules.zone, today)
            if event is not None:
                document.add_component(event)
    text: str = document.to_ical().decode()
    return text


def _event(
    window: Window, station: Station, calendars: Calendars, zone: ZoneInfo, today: date
) -> Event | None:
    rule = _rule(window, zone)
    first = _first_day(window) if rule else None
    listed = [] if first else _listed(window, calendars, today)
    start = first or next(iter(listed), None)
    if start is None:
        return None
    event = Event()
    event.add("uid", f"window-{window.id}@{station.name}.loa-phuong")
    event.add("dtstamp", window.created_at)
    event.add("summary", window.title)
    event.add("location", station.title)
    event.add("dtstart", _wall(window, start, zone))
    event.add("duration", timedelta(milliseconds=window.budget_ms))
    if first and rule:
        event.add("rrule", vRecur.from_ical(rule))
        _add_days(event, "exdate", window, window.exdates, zone)
        last = (window.last_day or date.max).isoformat()
        added = [day for day in window.rdates if window.first_day.isoformat() <= day <= last]
        _add_days(event, "rdate", window, added, zone)
    else:
        _add_days(event, "rdate", window, [day.isoformat() for day in listed[1:]], zone)
    return event


def _rule(window: Window, zone: ZoneInfo) -> str | None:
    """Return the rule with its end as an instant (RFC 5545 beside a zone); None: days are listed."""
    if window.lunar or window.calendars or not window.rrule:
        return None
    pieces = window.rrule.strip().removeprefix("RRULE:").rstrip(";").split(";")
    parts = dict(piece.split("=", 1) for piece in pieces)
    until = parts.pop("UNTIL", None)
    ends = [date.fromisoformat(until)] if until else []
    ends += [window.last_day] if window.last_day else []
    if ends and "COUNT" in parts:
        return None
    if ends:
        last = instant_at(min(ends), parse_local_time(window.local_start), zone)
        parts["UNTIL"] = f"{last:%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _first_day(window: Window) -> date | None:
    """Return the rule's own first day: counting from it gives the same days as from the window's first."""
    end = window.first_day + EIGHT_YEARS
    return next(
        iter(days_of(window.rrule, first_day=window.first_day, start=window.first_day, end=end)), None
    )


def _listed(window: Window, calendars: Calendars, today: date) -> list[date]:
    start = max(today - DAY, window.first_day)
    return window_days(window, start=start, end=start + LISTED, calendars=calendars)


def _wall(window: Window, day: date, zone: ZoneInfo) -> datetime:
    wall: time = parse_local_time(window.local_start)
    return datetime.combine(day, wall, zone)


def _add_days(event: Event, name: str, window: Window, days: list[str], zone: ZoneInfo) -> None:
    if days:
        event.add(name, [_wall(window, date.fromisoformat(day), zone) for day in days])
