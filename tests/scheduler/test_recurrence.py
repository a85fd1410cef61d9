"""From a window's rule to its days and broadcasts."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from content.errors import InvalidInputError
from scheduler.calendars import Calendars
from scheduler.models.window import Window
from scheduler.recurrence import Broadcast, broadcasts, check_local_time, check_rule, days_of
from tests.scheduler.factories import TODAY, ZONE, local

NONE = Calendars()
WEEK = (TODAY, TODAY + timedelta(days=7))


def days(rule: str, first_day: date = TODAY) -> list[int]:
    return [day.day for day in days_of(rule, first_day=first_day, start=WEEK[0], end=WEEK[1])]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", [23, 24, 25, 26, 27, 28, 29]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", [23, 24, 25, 26, 27]),
        ("FREQ=DAILY;INTERVAL=2", [23, 25, 27, 29]),
        ("FREQ=DAILY;COUNT=3", [23, 24, 25]),
        ("FREQ=DAILY;UNTIL=20261124", [23, 24]),
        ("FREQ=MONTHLY;BYMONTHDAY=25", [25]),
        ("FREQ=MONTHLY;BYDAY=-1FR", [27]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", []),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", []),
    ],
)
def test_days_of_a_rule(rule: str, expected: list[int]) -> None:
    assert days(rule) == expected


def test_a_count_is_counted_from_the_first_day() -> None:
    assert days("FREQ=DAILY;COUNT=3", date(2026, 11, 22)) == [23, 24]


def test_a_window_that_has_not_begun_has_no_days() -> None:
    assert days("FREQ=DAILY", date(2027, 1, 1)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=HOURLY",
        "FREQ=MINUTELY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=6",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=99",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTH=two",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;UNTIL=20261124T000000Z",
        "FREQ=DAILY\nDTSTART:20200101",
        "FREQ=DAILY;BYSETPOS=1;" * 20,
    ],
)
def test_a_bad_rule_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_rule(rule, first_day=TODAY)
    assert caught.value.field == "rrule"


def window(**more: object) -> Window:
    fields = {"id": 7, "rrule": "FREQ=DAILY", "local_start": "06:00", "budget_ms": 900_000}
    return Window(**{**fields, "first_day": TODAY, "enforce_limits": True, **more})


def test_broadcasts_stand_at_wall_times_of_the_zone() -> None:
    [first, second] = broadcasts(
        window(), start=TODAY, end=TODAY + timedelta(days=2), zone=ZONE, calendars=NONE
    )
    assert first == Broadcast(local("06:00"), local("06:15"), 7, TODAY)
    assert second.starts_at - first.starts_at == timedelta(days=1)


def test_a_window_ends_with_its_last_day() -> None:
    held = broadcasts(window(last_day=TODAY), start=TODAY, end=WEEK[1], zone=ZONE, calendars=NONE)
    assert [broadcast.day for broadcast in held] == [TODAY]


@pytest.mark.parametrize(("rehearsal", "enforced"), [(True, False), (False, True)])
def test_only_a_rehearsal_lets_go_of_limits(rehearsal: bool, enforced: bool) -> None:
    loose = window(enforce_limits=False)
    [held] = broadcasts(
        loose, start=TODAY, end=TODAY + timedelta(days=1), zone=ZONE, calendars=NONE, rehearsal=rehearsal
    )
    assert held.enforced is enforced


def test_summer_time_moves_the_instant_not_the_wall_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = date(2026, 3, 28)
    spring = window(first_day=start)
    before, after = broadcasts(
        spring, start=start, end=start + timedelta(days=2), zone=berlin, calendars=NONE
    )
    assert after.starts_at - before.starts_at == timedelta(hours=23)


@pytest.mark.parametrize("text", ["24:00", "6:00", "", "06:60", "06:00:00"])
def test_a_bad_wall_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        check_local_time(text, field="local_start")
