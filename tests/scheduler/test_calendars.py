"""Calendars: marks, days, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.audit import Audit
from scheduler import calendars
from scheduler.calendars import (
    Calendars,
    check_marks,
    create_calendar,
    end_calendar,
    load_calendars,
    set_days,
)
from scheduler.models.calendar import Calendar
from scheduler.planning import plan
from tests.scheduler.factories import NOW, RULES, TODAY, make_station, make_unit, make_window

HOLIDAY = TODAY + timedelta(days=1)
DAYS = Calendars({"1": frozenset({TODAY}), "2": frozenset({HOLIDAY})})


def make(session: Session, **change: Any) -> Calendar:
    fields = {"name": "Tuần thi", "kind": "exam", "source": "Công văn", "days": {TODAY: "thi"}}
    return create_calendar(session, **{**fields, **change}, by="van-phong", now=NOW)


@pytest.mark.parametrize(
    ("marks", "day", "allowed"),
    [
        ([], TODAY, True),
        (["+1"], TODAY, True),
        (["+1"], HOLIDAY, False),
        (["+1", "+2"], HOLIDAY, True),
        (["-1"], TODAY, False),
        (["-vn"], HOLIDAY, False),
        (["+vn"], HOLIDAY, True),
        (["+vn", "-2"], HOLIDAY, False),
        (["+vn-lam"], TODAY, True),
        (["+vn-bu"], TODAY, False),
        (["-9"], TODAY, True),
    ],
)
def test_marks(marks: list[str], day: date, allowed: bool) -> None:
    assert DAYS.allow(marks, day) is allowed
    assert (DAYS.excluding(marks, day) is None) is allowed


def test_a_calendar_is_kept_with_its_days(session: Session) -> None:
    made = make(session)
    assert load_calendars(session).has(str(made.id), TODAY)
    assert check_marks(session, ["-vn", f"+{made.id}"]) == [f"+{made.id}", "-vn"]


def test_its_days_are_replaced_and_the_log_tells(session: Session) -> None:
    made = make(session)
    set_days(session, made, {TODAY: "thi", HOLIDAY: ""}, by="van-phong", now=NOW)
    set_days(session, made, {HOLIDAY: ""}, by="van-phong", now=NOW)
    assert calendars.days_of_calendar(session, made.id) == {HOLIDAY: ""}
    lines = session.scalars(select(Audit.line).where(Audit.subject == f"calendar:{made.id}")).all()
    assert '"removed":["2026-11-23"]' in lines[-1]


def test_an_ended_calendar_keeps_its_days_and_is_not_chosen(session: Session) -> None:
    made = make(session)
    end_calendar(session, made, by="van-phong", now=NOW)
    assert load_calendars(session).has(str(made.id), TODAY)
    assert calendars.listing(session) == []
    with pytest.raises(ConflictError):
        set_days(session, made, {TODAY: ""}, by="van-phong", now=NOW)


@pytest.mark.parametrize(
    "marks", [["vn"], ["+"], ["+tet"], ["+9"], ["+vn", "-vn"], ["-0"], [f"-{n}" for n in range(1, 10)]]
)
def test_bad_marks_are_refused(session: Session, marks: list[str]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_marks(session, marks)
    assert caught.value.field == "calendars"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "party"}, "kind"),
        ({"source": ""}, "source"),
        ({"days": {}}, "days"),
        ({"unit_id": 999}, "unit_id"),
    ],
)
def test_a_bad_calendar_is_refused(session: Session, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make(session, **change)
    assert caught.value.field == field


def test_an_unknown_calendar_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        calendars.get(session, 7)


SATURDAY, WEDNESDAY = date(2027, 5, 8), date(2027, 5, 5)


@pytest.mark.parametrize(
    ("unit", "ended", "told"),
    [
        (False, False, {"vn": [WEDNESDAY], "vn-bu": [SATURDAY], "vn-lam": [SATURDAY]}),
        (False, True, {"vn": [], "vn-bu": [], "vn-lam": [WEDNESDAY]}),
        (True, False, {"vn": [], "vn-bu": [], "vn-lam": [WEDNESDAY]}),
    ],
)
def test_days_told_to_be_exchanged_count_with_the_computed_ones(
    session: Session, unit: bool, ended: bool, told: dict[str, list[date]]
) -> None:
    made = calendars.create_calendar(
        session,
        name="Hoán đổi 2027",
        kind=calendars.SWAP,
        source="Công văn",
        days={SATURDAY: "", WEDNESDAY: ""},
        unit_id=make_unit(session).id if unit else None,
        by="-",
        now=NOW,
    )
    if ended:
        calendars.end_calendar(session, made, by="-", now=NOW)
    found = calendars.load_calendars(session)
    days = [WEDNESDAY, SATURDAY]
    assert {name: [day for day in days if found.has(name, day)] for name in told} == told


def test_an_exchange_touches_whoever_follows_the_computed_days(session: Session) -> None:
    station = make_station(session)
    make_window(session, station, calendars=["-vn"])
    plan(session, NOW, RULES)
    calendars.create_calendar(
        session, name="Hoán đổi", kind=calendars.SWAP, source="-", days={TODAY: ""}, by="-", now=NOW
    )
    assert plan(session, NOW, RULES).stations == 1
