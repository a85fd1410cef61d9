"""What each kind of rule forbids, and what it lets pass."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from content.contracts.manifest import Quiet
from scheduler.limits import Ruling, Sitting, apart, breaches, level_cap, silences
from tests.scheduler.factories import TODAY, ZONE, local

SATURDAY = TODAY + timedelta(days=5)


def sit(start: str, end: str, *, station: str = "a", day: date = TODAY, level: int | None = None) -> Sitting:
    return Sitting(station, day, local(start, day), local(end, day), level)


def rule(kind: str, **value: Any) -> Ruling:
    return Ruling(7, kind, value, "Quyết định mẫu", date(2026, 1, 1))


MORNING, NOON, EVENING = sit("06:30", "06:45"), sit("11:40", "11:50"), sit("17:00", "17:20")
SCHOOL = {"spans": [{"start": "07:00", "end": "11:30"}], "weekdays": "12345", "level_cap_mdb": -6000}


@pytest.mark.parametrize(
    ("ruling", "sittings", "broken"),
    [
        (rule("sessions_per_day", most=2), [MORNING, EVENING], False),
        (rule("sessions_per_day", most=2), [MORNING, NOON, EVENING], True),
        (rule("minutes_per_session", most=15), [MORNING], False),
        (rule("minutes_per_session", most=15), [MORNING, EVENING], True),
        (rule("minutes_per_day", most=35), [MORNING, EVENING], False),
        (rule("minutes_per_day", most=34), [MORNING, EVENING], True),
        (rule("weekdays", weekdays="12345"), [MORNING], False),
        (rule("weekdays", weekdays="23456"), [MORNING], True),
        (rule("quiet", start="21:00", end="06:30"), [MORNING], False),
        (rule("quiet", start="21:00", end="06:31"), [MORNING], True),
        (rule("sensitive", **SCHOOL), [MORNING, NOON], False),
        (rule("sensitive", **SCHOOL), [sit("11:29", "11:40")], True),
        (rule("level_cap", mdb=-3000), [sit("08:00", "08:10", level=-3000)], False),
        (rule("level_cap", mdb=-3000), [sit("08:00", "08:10", level=-2000)], True),
    ],
)
def test_a_day_against_one_rule(ruling: Ruling, sittings: list[Sitting], broken: bool) -> None:
    found = breaches(sittings, [ruling], day=TODAY, zone=ZONE)
    assert bool(found) is broken
    assert all("Quyết định mẫu" in breach.said for breach in found)


@pytest.mark.parametrize(("start", "broken"), [("06:44", True), ("06:45", False)])
def test_stations_that_hear_each_other(start: str, broken: bool) -> None:
    other, ruling = sit(start, "07:00", station="b"), rule("never_together", stations=["a", "b"])
    assert bool(breaches([MORNING], [ruling], day=TODAY, zone=ZONE, others=[other])) is broken
    assert (apart([ruling], "a", TODAY), apart([ruling], "c", TODAY)) == (frozenset({"b"}), frozenset())


def test_a_school_is_open_on_weekdays_only() -> None:
    ruling, lesson = rule("sensitive", **SCHOOL), sit("08:00", "08:10", day=SATURDAY)
    assert breaches([lesson], [ruling], day=SATURDAY, zone=ZONE) == []
    assert (silences([ruling], TODAY), silences([ruling], SATURDAY)) == ((Quiet("07:00", "11:30"),), ())


@pytest.mark.parametrize(("day", "held"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True)])
def test_a_rule_holds_from_its_first_day(day: date, held: bool) -> None:
    ruling = rule("weekdays", weekdays="7")
    assert bool(breaches([sit("08:00", "08:10", day=day)], [ruling], day=day, zone=ZONE)) is held


def test_the_lowest_cap_counts() -> None:
    rules = [rule("level_cap", mdb=-3000), rule("sensitive", **SCHOOL)]
    assert (level_cap(rules, TODAY), level_cap(rules, TODAY, -9000), level_cap([], TODAY)) == (
        -6000,
        -9000,
        None,
    )


def test_the_field_at_fault_depends_on_what_is_made() -> None:
    ruling = rule("weekdays", weekdays="7")
    [ordered] = breaches([MORNING], [ruling], day=TODAY, zone=ZONE, subject="order")
    [made] = breaches([MORNING], [ruling], day=TODAY, zone=ZONE)
    assert (ordered.field, made.field, made.error().facts["rule"]) == ("weekdays", "rrule", 7)
