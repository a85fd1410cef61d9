"""Public holidays, days off in exchange, and the Saturdays worked for them."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.calendars import WORKING, Calendars
from scheduler.holidays_vn import holiday_on, holidays_of, worked_instead


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 2, 17), "Tết Nguyên Đán"),
        (date(2026, 4, 26), "Ngày Giỗ Tổ Hùng Vương"),
        (date(2026, 11, 24), "Ngày Văn hóa Việt Nam"),
        (date(2026, 8, 31), "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        (date(2026, 8, 22), None),
    ],
)
def test_known_days(day: date, name: str | None) -> None:
    assert holiday_on(day) == name


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 8, 22), True),
        (date(2026, 8, 29), False),
        (date(2026, 8, 31), False),
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert Calendars().has(WORKING, day) is works


def test_a_saturday_worked_for_the_next_year_counts() -> None:
    assert date(2014, 12, 27) in worked_instead(2014)


def test_years_that_are_not_known_have_no_days() -> None:
    assert (dict(holidays_of(1900)), worked_instead(2101)) == ({}, frozenset())
