"""What an order owes: its days, and numbers that are never used twice."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from scheduler.hearings import Demand, days_from, fixed_time, numbers, owed_days
from tests.scheduler.factories import NOW, TODAY

DAY = timedelta(days=1)


def order(**more: Any) -> Demand:
    fields: dict[str, Any] = {
        "id": 1,
        "level": "normal",
        "first_day": TODAY,
        "last_day": TODAY + 6 * DAY,
        "weekdays": "1234567",
        "times_per_day": 1,
        "fixed_times": (),
        "created_at": NOW,
        "units": (),
    }
    return Demand(**{**fields, **more})


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [("1234567", [0, 1, 2, 3, 4, 5, 6]), ("135", [0, 2, 4]), ("67", [5, 6])],
)
def test_owed_days_follow_the_weekdays(weekdays: str, expected: list[int]) -> None:
    owed = owed_days(order(weekdays=weekdays), TODAY - 9 * DAY, TODAY + 9 * DAY)
    assert [(day - TODAY).days for day in owed] == expected


def test_owed_days_end_before_the_end() -> None:
    assert owed_days(order(), TODAY, TODAY + 2 * DAY) == [TODAY, TODAY + DAY]
    assert owed_days(order(), TODAY + 9 * DAY, TODAY + 10 * DAY) == []


def test_a_hearing_is_carried_within_the_order_and_its_validity() -> None:
    own = owed_days(order(weekdays="125"), TODAY - DAY, TODAY + 90 * DAY)
    assert days_from(own, TODAY, within=1) == (TODAY, TODAY + DAY)
    assert days_from(own, TODAY, within=9) == (TODAY, TODAY + DAY, TODAY + 4 * DAY)
    assert days_from(own, TODAY + 4 * DAY, within=9) == (TODAY + 4 * DAY,)


@pytest.mark.parametrize(
    ("withdrawn", "expected"),
    [
        (set(), [(1, 0), (2, 1)]),
        ({1}, [(2, 1), (3, 0)]),
        ({2}, [(1, 0), (3, 1)]),
        ({1, 2}, [(3, 0), (4, 1)]),
        ({1, 2, 3}, [(4, 1), (5, 0)]),
    ],
)
def test_a_withdrawn_hearing_is_owed_again_in_its_place(
    withdrawn: set[int], expected: list[tuple[int, int]]
) -> None:
    assert list(numbers(2, withdrawn)) == expected


def test_fixed_times_belong_to_places() -> None:
    fixed = order(fixed_times=("06:00", "17:00"))
    assert [fixed_time(fixed, place) for place in range(3)] == [time(6), time(17), None]
