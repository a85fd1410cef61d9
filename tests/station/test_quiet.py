"""Quiet hours as instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from content.contracts.manifest import Quiet
from station.quiet import first_free, quiet_spans

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("hours", "at", "seconds", "free"),
    [
        (("21:00", "06:00"), "2026-11-23T20:59:00", 60, "2026-11-23T20:59:00"),
        (("21:00", "06:00"), "2026-11-23T20:59:00", 61, "2026-11-24T06:00:00"),
        (("21:00", "06:00"), "2026-11-23T21:00:00", 0, "2026-11-24T06:00:00"),
        (("21:00", "06:00"), "2026-11-23T03:00:00", 1, "2026-11-23T06:00:00"),
        (("21:00", "06:00"), "2026-11-23T06:00:00", 1, "2026-11-23T06:00:00"),
        (("12:00", "13:30"), "2026-11-23T12:10:00", 5, "2026-11-23T13:30:00"),
        (("12:00", "13:30"), "2026-11-23T20:00:00", 5, "2026-11-23T20:00:00"),
        (("12:00", "12:00"), "2026-11-23T12:00:00", 5, "2026-11-23T12:00:00"),
    ],
)
def test_first_free(hours: tuple[str, str], at: str, seconds: int, free: str) -> None:
    begin = local(at).astimezone(UTC)
    spans = quiet_spans([Quiet(*hours)], HANOI, begin)
    assert first_free(begin, timedelta(seconds=seconds), spans) == local(free)


def test_hours_that_touch_are_one_quiet() -> None:
    at = local("2026-11-23T11:30:00").astimezone(UTC)
    spans = quiet_spans([Quiet("11:00", "12:00"), Quiet("12:00", "13:00")], HANOI, at)
    assert first_free(at, timedelta(seconds=1), spans) == local("2026-11-23T13:00:00")


def test_a_night_with_a_clock_change_lasts_as_long_as_it_lasts() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    around = datetime(2026, 10, 24, 12, tzinfo=UTC)
    spans = quiet_spans([Quiet("21:00", "06:00")], berlin, around)
    assert timedelta(hours=10) in {end - start for start, end in spans}
