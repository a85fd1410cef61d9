"""The Vietnamese lunar calendar: known days, leap months, and where it ends."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.errors import InvalidInputError
from scheduler.holidays_vn import holidays_of
from scheduler.lunar import LAST_YEAR, check_lunar, lunar_days, lunar_of

TET = {2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2030: (2, 2), 2033: (1, 31)}


def in_year(text: str, year: int) -> list[tuple[int, int]]:
    days = lunar_days(text, start=date(year, 1, 1), end=date(year + 1, 1, 1))
    return [(day.month, day.day) for day in days]


@pytest.mark.parametrize("year", TET)
def test_tet_of_known_years(year: int) -> None:
    assert in_year("tet", year) == [TET[year]]


@pytest.mark.parametrize("year", range(2025, 2051))
def test_two_sources_agree_on_tet(year: int) -> None:
    [day] = lunar_days("tet", start=date(year, 1, 1), end=date(year, 3, 1))
    assert holidays_of(year)[day] == "Tết Nguyên Đán"


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("tet-3", 2026, [(2, 14)]),
        ("tet+2", 2026, [(2, 19)]),
        ("tet-3,tet", 2027, [(2, 3), (2, 6)]),
        ("3-10", 2025, [(4, 7)]),
        ("3-10", 2026, [(4, 26)]),
        ("6-15", 2025, [(7, 9)]),
        ("12-30", 2025, []),
    ],
)
def test_yearly_days(text: str, year: int, expected: list[tuple[int, int]]) -> None:
    assert in_year(text, year) == expected


def test_monthly_days_come_again_in_a_leap_month() -> None:
    summer = lunar_days("15", start=date(2025, 7, 1), end=date(2025, 9, 1))
    assert summer == (date(2025, 7, 9), date(2025, 8, 8))
    assert [lunar_of(day).leap for day in summer] == [False, True]


def test_a_lunar_year_with_a_leap_month_has_thirteen_of_each() -> None:
    year = lunar_days("1,15", start=date(2025, 1, 29), end=date(2026, 2, 17))
    assert len(year) == 26


@given(st.dates(date(2020, 1, 1), date(2071, 12, 1)), st.integers(1, 60))
def test_days_do_not_depend_on_the_span_asked_for(start: date, length: int) -> None:
    end = date.fromordinal(start.toordinal() + length)
    wide = lunar_days("1,15,3-10,tet-1", start=date(start.year - 1, 1, 1), end=date(end.year + 1, 1, 1))
    assert lunar_days("1,15,3-10,tet-1", start=start, end=end) == tuple(d for d in wide if start <= d < end)


@pytest.mark.parametrize(
    "text",
    ["", "0", "31", "rằm", "13-1", "1-31", "0-1", "tet-", "tet-61", "tet3", "15,", "1,2,3,4,5,6,7,8,9"],
)
def test_a_text_that_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_lunar(text)
    assert caught.value.field == "lunar"


@pytest.mark.parametrize(
    ("start", "end"), [((1899, 12, 31), (1900, 2, 1)), ((LAST_YEAR, 12, 1), (2101, 1, 1))]
)
def test_years_that_are_not_covered_are_refused(start: tuple[int, ...], end: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInputError, match=str(LAST_YEAR)):
        lunar_days("15", start=date(*start), end=date(*end))
