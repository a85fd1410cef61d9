"""Forms read at the edge: a value of its type, or the field that is at fault."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from content.errors import InvalidInputError
from web import forms

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def form(*values: str) -> forms.Form:
    return MultiDict([("x", value) for value in values])


@pytest.mark.parametrize(("given", "number"), [("7", 7), (" 12 ", 12), ("999999999999", 999_999_999_999)])
def test_a_number(given: str, number: int) -> None:
    assert forms.number(form(given), "x", what="Số") == number


@pytest.mark.parametrize("given", ["", "-1", "1.5", "²", "١", "1e3", "0x1", "9" * 13, "9" * 5000])
def test_what_is_no_number(given: str) -> None:
    with pytest.raises(InvalidInputError, match="Số không phải một số") as told:
        forms.number(form(given), "x", what="Số")
    assert told.value.field == "x"


def test_numbers_come_as_often_as_they_were_sent() -> None:
    assert forms.numbers(form("3", "1"), "x", what="Thứ") == [3, 1]
    assert forms.numbers(form(), "x", what="Thứ") == []


@pytest.mark.parametrize("given", ["", "x", "٣", "9" * 13])
def test_one_odd_number_spoils_them(given: str) -> None:
    with pytest.raises(InvalidInputError, match="Thứ có giá trị lạ"):
        forms.numbers(form("1", given), "x", what="Thứ")


def test_a_day() -> None:
    assert forms.day(form("2026-11-23"), "x", what="Ngày") == date(2026, 11, 23)


@pytest.mark.parametrize(
    "given", ["", "23/11/2026", "2026-02-30", "1999-12-31", "2201-01-01", "0001-01-01", "nay"]
)
def test_what_is_no_day(given: str) -> None:
    with pytest.raises(InvalidInputError, match="Ngày không phải một ngày"):
        forms.day(form(given), "x", what="Ngày")


def test_an_instant_is_the_wall_clocks() -> None:
    found = forms.instant(form("2026-11-24T06:00"), "x", ZONE, what="Lúc")
    assert found == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert forms.instant(form(" "), "x", ZONE, what="Lúc") is None


@pytest.mark.parametrize(
    "given", ["mai", "2026-11-24T25:00", "0001-01-01T00:00", "2026-11-24T06:00Z", "9999-12-31T23:59"]
)
def test_what_is_no_instant(given: str) -> None:
    with pytest.raises(InvalidInputError, match="Lúc không phải một thời điểm"):
        forms.instant(form(given), "x", ZONE, what="Lúc")


def test_an_id() -> None:
    assert forms.identifier("2147483647") == forms.LARGEST_ID


@pytest.mark.parametrize("given", ["", "-1", "2147483648", "²", "9" * 5000, " 1"])
def test_what_is_no_id(given: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        forms.identifier(given)


def test_text_that_was_not_sent_is_empty() -> None:
    assert (forms.text(form(), "x"), forms.text(form("a"), "x")) == ("", "a")


@pytest.mark.parametrize("given", ["30/4/2027, 2/9/2027", "2027-04-30\n02/09/2027", "30/04/2027;2027-09-02"])
def test_days_one_after_the_other(given: str) -> None:
    assert forms.days(form(given), "x", what="Ngày") == [date(2027, 4, 30), date(2027, 9, 2)]


@pytest.mark.parametrize("given", ["31/4/2027", "mai", "30/4/27", "30/4"])
def test_what_is_no_list_of_days(given: str) -> None:
    with pytest.raises(InvalidInputError, match=r"Ngày: “.*” không phải một ngày") as told:
        forms.days(form(given), "x", what="Ngày")
    assert told.value.field == "x"


def test_a_day_left_empty() -> None:
    assert forms.maybe_day(form(" "), "x", what="Ngày") is None
    assert forms.days(form(""), "x", what="Ngày") == []
