"""From a window's rule to its days and broadcasts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from content.errors import InvalidInputError
from scheduler.calendars import Calendars
from scheduler.models.window import Window
from scheduler.recurrence import (
    Broadcast,
    broadcasts,
    check_dates,
    check_local_time,
    check_rule,
    days_of,
    window_days,
)
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
        "FREQ=WEEKLY;BYDAY=1MO",
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


def test_days_are_left_out_and_added() -> None:
    chosen = window(exdates=["2026-11-24"], rdates=["2026-11-29", "2026-12-24"], rrule="FREQ=DAILY;COUNT=3")
    assert [day.day for day in window_days(chosen, start=WEEK[0], end=WEEK[1], calendars=NONE)] == [
        23,
        25,
        29,
    ]


def test_calendars_narrow_the_rule_not_the_days_added() -> None:
    chosen = window(calendars=["-vn"], rdates=["2026-11-24"])
    assert date(2026, 11, 24) in window_days(chosen, start=WEEK[0], end=WEEK[1], calendars=NONE)
    chosen.rdates = []
    assert date(2026, 11, 24) not in window_days(chosen, start=WEEK[0], end=WEEK[1], calendars=NONE)


def test_a_lunar_window_broadcasts_on_ram() -> None:
    chosen = window(lunar="15", rrule="")
    assert window_days(chosen, start=WEEK[0], end=WEEK[1], calendars=NONE) == [date(2026, 11, 23)]


def test_a_rule_that_ends_before_it_starts_says_so() -> None:
    with pytest.raises(InvalidInputError, match="01/01/2020"):
        check_rule("FREQ=DAILY;UNTIL=20200101", first_day=TODAY)


@pytest.mark.parametrize("text", ["2026-02-30", "", "24/11/2026", "2026-11-24T06:00"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_dates([text], field="exdates")
    assert caught.value.field == "exdates"


RULES = st.builds(
    ";".join,
    st.tuples(
        st.sampled_from(
            [
                "FREQ=DAILY",
                "FREQ=WEEKLY;BYDAY=MO,TH",
                "FREQ=WEEKLY",
                "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO",
                "FREQ=MONTHLY;BYMONTHDAY=1,15,31",
                "FREQ=MONTHLY;BYDAY=-1FR",
                "FREQ=MONTHLY",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            ]
        ),
        st.integers(1, 5).map(lambda n: f"INTERVAL={n}"),
    ),
)
ENDS = st.one_of(st.just(""), st.integers(1, 60).map(lambda n: f";COUNT={n}"), st.just(";UNTIL=20270901"))
STARTS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(RULES, ENDS, STARTS, STARTS, st.integers(1, 90))
def test_days_are_those_of_dateutil(rule: str, end: str, first: date, start: date, length: int) -> None:
    stop = start + timedelta(days=length)
    found = rrulestr(rule + end, dtstart=datetime.combine(first, time()))
    between = found.between(datetime.combine(start, time()), datetime.combine(stop, time()), inc=True)
    expected = [instant.date() for instant in between if instant.date() < stop]
    assert list(days_of(rule + end, first_day=first, start=start, end=stop)) == expected


@given(RULES, STARTS, st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York"]), st.times())
def test_broadcasts_keep_their_wall_time_in_every_zone(rule: str, first: date, zone: str, wall: time) -> None:
    where = ZoneInfo(zone)
    chosen = window(rrule=rule, first_day=first, local_start=f"{wall:%H:%M}")
    end = first + timedelta(days=400)
    for held in broadcasts(chosen, start=first, end=end, zone=where, calendars=NONE):
        told = held.starts_at.astimezone(where)
        skipped = told.replace(tzinfo=None) - datetime.combine(
            held.day, wall.replace(second=0, microsecond=0)
        )
        assert skipped in {timedelta(0), timedelta(hours=1)}
        assert held.ends_at - held.starts_at == timedelta(minutes=15)
