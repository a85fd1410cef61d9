"""Changed calendars: windows that gain days must not meet others or break rules by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from scheduler import calendars, exceptions
from scheduler.calendar_changes import held
from scheduler.models.calendar import Calendar
from scheduler.models.rule import RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.rulebook import create_rule
from scheduler.windows import create_window
from tests.scheduler.factories import NOW, RULES, TODAY, make_station, make_user

EXAM, FREE = date(2026, 11, 25), date(2026, 11, 26)
"""Wednesday and Thursday."""


@pytest.fixture
def exam(session: Session) -> Calendar:
    """Keep a calendar of one day."""
    made: dict[str, Any] = {"name": "Tuần thi", "kind": "exam", "source": "-", "by": "-", "now": NOW}
    return calendars.create_calendar(session, days={EXAM: ""}, **made)


def window(session: Session, station: Station, at: str, **more: Any) -> Window:
    fields: dict[str, Any] = {"title": at, "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    return create_window(session, station, now=NOW, local_start=at, **{"rules": RULES, **fields, **more})


def change(session: Session, calendar: Calendar, *days: date) -> None:
    with held(session, rules=RULES, now=NOW):
        calendars.set_days(session, calendar, dict.fromkeys(days, ""), by="dai", now=NOW)


def test_a_day_given_back_that_meets_another_window_is_refused(session: Session, exam: Calendar) -> None:
    station = make_station(session)
    window(session, station, "10:00", calendars=[f"-{exam.id}"])
    window(session, station, "10:05", first_day=EXAM, last_day=EXAM)
    with pytest.raises(InvalidInputError, match=r"“10:05” .* trùng với “10:00” ngày 25/11/2026") as caught:
        change(session, exam, FREE)
    assert caught.value.field == "days"
    assert list(calendars.days_of_calendar(session, exam.id)) == [EXAM]


def test_what_meets_nothing_is_kept(session: Session, exam: Calendar) -> None:
    station = make_station(session)
    window(session, station, "10:00", calendars=[f"-{exam.id}"])
    window(session, station, "17:00")
    change(session, exam, FREE)
    assert list(calendars.days_of_calendar(session, exam.id)) == [FREE]


@pytest.fixture
def limited(session: Session) -> Station:
    """Let a station have one broadcast a day."""
    station = make_station(session)
    create_rule(
        session,
        kind="sessions_per_day",
        value={"most": 1},
        valid_from=TODAY,
        citation="Quyết định mẫu",
        by="-",
        now=NOW,
    )
    return station


def test_a_day_added_that_breaks_a_rule_is_refused_with_its_citation(
    session: Session, exam: Calendar, limited: Station
) -> None:
    window(session, limited, "06:00", last_day=FREE, exdates=[EXAM.isoformat()])
    window(session, limited, "17:00", last_day=FREE, calendars=[f"+{exam.id}"])
    with pytest.raises(InvalidInputError, match=r"“17:00”.*Quyết định mẫu") as caught:
        change(session, exam, EXAM, FREE)
    assert (caught.value.field, caught.value.facts["day"]) == ("days", FREE)


def test_an_exception_allows_it_and_is_taken_up(session: Session, exam: Calendar, limited: Station) -> None:
    window(session, limited, "06:00", last_day=FREE, exdates=[EXAM.isoformat()])
    second = window(session, limited, "17:00", last_day=FREE, calendars=[f"+{exam.id}"])
    asked = RuleException(rule_id=1, unit_id=limited.unit_id, first_day=FREE, last_day=FREE, reason="-")
    asked.asked_by, asked.approved_by = make_user(session).id, make_user(session).id
    asked.asked_at = asked.approved_at = NOW
    session.add(asked)
    session.flush()
    change(session, exam, EXAM, FREE)
    assert exceptions.get(session, asked.id).window_id == second.id


def test_exchanged_days_are_held_against_windows_too(session: Session, limited: Station) -> None:
    saturday = date(2026, 11, 28)
    window(session, limited, "06:00", last_day=saturday, calendars=["+vn-lam"])
    window(session, limited, "17:00", first_day=saturday, last_day=saturday)
    swap: dict[str, Any] = {"name": "Hoán đổi", "kind": calendars.SWAP, "source": "-", "by": "-", "now": NOW}
    with pytest.raises(InvalidInputError, match="trái quy định"), held(session, rules=RULES, now=NOW):
        calendars.create_calendar(session, days={saturday: ""}, **swap)
    assert calendars.listing(session) == []


def test_days_that_are_over_are_nobody_s_matter(session: Session, exam: Calendar, limited: Station) -> None:
    window(session, limited, "06:00", last_day=FREE, exdates=[EXAM.isoformat()])
    window(session, limited, "17:00", last_day=FREE, calendars=[f"+{exam.id}"])
    late = NOW + timedelta(days=9)
    with held(session, rules=RULES, now=late):
        calendars.set_days(session, exam, {EXAM: "", FREE: ""}, by="-", now=late)
    assert len(calendars.days_of_calendar(session, exam.id)) == 2


def test_a_rehearsal_s_lenient_window_is_not_held(session: Session, exam: Calendar, limited: Station) -> None:
    rehearsal = replace(RULES, rehearsal=True)
    for at in ("06:00", "17:00"):
        marks = [f"+{exam.id}"] if at == "17:00" else []
        window(session, limited, at, rules=rehearsal, enforce_limits=False, calendars=marks)
    with held(session, rules=rehearsal, now=NOW):
        calendars.set_days(session, exam, {EXAM: "", FREE: ""}, by="-", now=NOW)
    assert len(calendars.days_of_calendar(session, exam.id)) == 2
