"""The iCalendar document, read back by a library and by dateutil."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy.orm import Session

from scheduler.calendars import Calendars
from scheduler.ical import calendar_of
from scheduler.models.window import Window
from scheduler.quiet import instant_at
from scheduler.recurrence import window_days
from tests.scheduler.factories import NOW, RULES, TODAY, ZONE, make_station, make_window

END = TODAY + timedelta(days=300)


def exported(session: Session, **window: Any) -> str:
    station = make_station(session)
    make_window(session, station, **window)
    return calendar_of(session, station, rules=RULES, now=NOW)


def starts(text: str) -> list[datetime]:
    """Return the instants before END that the one event of a document tells."""
    event: Any = Calendar.from_ical(text).walk("VEVENT")[0]
    begins = event["dtstart"].dt
    lines = [f"RRULE:{event['rrule'].to_ical().decode()}"] if "rrule" in event else []
    found: Any = rrulestr("\n".join(lines) or "FREQ=DAILY;COUNT=1", dtstart=begins, forceset=True)
    for name, add in (("exdate", found.exdate), ("rdate", found.rdate)):
        for day in event[name].dts if name in event else ():
            add(day.dt)
    limit = instant_at(END, begins.time(), ZONE)
    return [
        found_at.astimezone(UTC) for found_at in found.between(begins, limit, inc=True) if found_at < limit
    ]


@pytest.mark.parametrize(
    "window",
    [
        {
            "rrule": "FREQ=WEEKLY;BYDAY=MO,WE",
            "exdates": ["2026-11-25"],
            "rdates": ["2026-11-28", "2030-01-01"],
        },
        {"rrule": "FREQ=DAILY;UNTIL=20261224"},
        {"rrule": "FREQ=DAILY", "last_day": date(2026, 12, 1)},
        {"rrule": "FREQ=DAILY;COUNT=5"},
        {"rrule": "FREQ=DAILY;COUNT=9", "last_day": date(2026, 11, 25)},
        {"rrule": "FREQ=DAILY", "calendars": ["-vn"]},
        {"rrule": "", "lunar": "1,15"},
    ],
)
def test_what_is_told_is_what_is_broadcast(session: Session, window: dict[str, Any]) -> None:
    text = exported(session, **window)
    made = Window(local_start="06:00", budget_ms=1, first_day=TODAY, **window)
    days = window_days(made, start=TODAY, end=END, calendars=Calendars())
    assert starts(text) == [instant_at(day, datetime(2026, 1, 1, 6).time(), ZONE) for day in days]  # noqa: DTZ001


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,SA", "FREQ=MONTHLY;BYDAY=2FR", "FREQ=MONTHLY"]),
    st.integers(1, 4),
    st.dates(TODAY, TODAY + timedelta(days=60)),
)
def test_a_rule_counts_alike_from_its_own_first_day(
    session: Session, rule: str, interval: int, first: date
) -> None:
    window = {"rrule": f"{rule};INTERVAL={interval}", "first_day": first}
    made = Window(local_start="06:00", budget_ms=1, **window)
    days = window_days(made, start=TODAY, end=END, calendars=Calendars())
    assert [instant.astimezone(ZONE).date() for instant in starts(exported(session, **window))] == days


def test_the_form_is_rfc_5545(session: Session) -> None:
    text = exported(session, title="Buổi phát thanh rất dài " * 4, calendars=["-vn"])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh" in text
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T060000" in text


def test_windows_that_are_over_are_left_out(session: Session) -> None:
    yesterday = TODAY - timedelta(days=1)
    assert "VEVENT" not in exported(session, first_day=yesterday, last_day=yesterday)
