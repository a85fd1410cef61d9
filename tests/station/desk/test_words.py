"""The page's words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.contracts.airings import FINAL_STATES, Reason
from station.desk import words
from station.programme import ALARMS
from tests.station.fakes import NOON


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (timedelta(seconds=20), "ngay bây giờ"),
        (timedelta(minutes=2), "2 phút nữa"),
        (timedelta(hours=3, minutes=5), "3 giờ 5 phút nữa"),
        (timedelta(hours=13), ""),
        (timedelta(minutes=-2), ""),
    ],
)
def test_how_far_away(after: timedelta, told: str) -> None:
    assert words.near_words(NOON + after, NOON) == told


@pytest.mark.parametrize(
    ("hours", "coming", "missing", "told"),
    [
        (168, 9, 0, "9 lượt phát trong 7 ngày tới, đủ bản thu"),
        (20, 4, 3, "4 lượt phát trong 20 giờ tới, còn 3 bản thu chưa tải"),
        (168, 0, 0, "không có lượt phát nào trong 7 ngày tới"),
        (168, 0, 2, "không có lượt phát nào trong 7 ngày tới, còn 2 bản thu chưa tải"),
        (0, 0, 0, "chưa có lịch phát"),
    ],
)
def test_how_long_it_lasts(hours: int, coming: int, missing: int, told: str) -> None:
    assert words.stock_words(NOON + timedelta(hours=hours), coming, missing, NOON) == told


@pytest.mark.parametrize(
    ("offset", "told"),
    [
        (None, "đồng hồ theo máy, chưa so với trung tâm"),
        (-12, "đồng hồ lệch 12 ms"),
        (2500, "đồng hồ lệch 2,5 giây"),
    ],
)
def test_how_the_clock_stands(offset: int | None, told: str) -> None:
    assert words.offset_words(offset, ok=True) == told


def test_every_reason_of_a_station_has_words() -> None:
    at_centre = {Reason.NOT_RELEASED, Reason.NOT_DELIVERED, Reason.NO_RECORD, Reason.STATION_LOST}
    assert {str(reason) for reason in set(Reason) - at_centre} <= {str(reason) for reason in words.REASONS}


def test_every_refused_manifest_has_words() -> None:
    assert set(ALARMS) == set(words.ALARMS)


def test_every_end_has_a_word() -> None:
    assert {str(state) for state in FINAL_STATES} <= {str(state) for state in words.STATES}
