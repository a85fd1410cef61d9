"""Quiet hours span midnight, and an airing must end before they begin."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from content.contracts.manifest import Quiet
from scheduler.quiet import blocked_until, next_quiet
from tests.scheduler.factories import TODAY, ZONE, local

NIGHT = (Quiet("21:00", "06:00"),)
TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "until"),
    [
        (local("06:00"), local("06:01"), None),
        (local("20:59"), local("21:00"), None),
        (local("20:59"), local("21:00:01"), local("06:00", TOMORROW)),
        (local("23:59"), local("00:01", TOMORROW), local("06:00", TOMORROW)),
        (local("05:59"), local("06:00"), local("06:00")),
        (local("12:00"), local("12:30"), None),
    ],
)
def test_what_touches_quiet_hours_is_blocked(start: datetime, end: datetime, until: datetime | None) -> None:
    assert blocked_until(start, end, NIGHT, ZONE) == until


def test_noon_rest_blocks_within_the_day() -> None:
    noon = (Quiet("11:30", "13:30"),)
    assert blocked_until(local("12:00"), local("12:01"), noon, ZONE) == local("13:30")


@pytest.mark.parametrize(
    ("instant", "begins"),
    [
        (local("20:00"), local("21:00")),
        (local("21:00"), local("21:00")),
        (local("22:00"), local("21:00", TOMORROW)),
    ],
)
def test_next_quiet_hours(instant: datetime, begins: datetime) -> None:
    assert next_quiet(instant, NIGHT, ZONE) == begins


def test_without_quiet_hours_nothing_is_blocked() -> None:
    assert blocked_until(local("02:00"), local("03:00"), (), ZONE) is None
    assert next_quiet(local("02:00"), (), ZONE) is None


def test_an_empty_span_blocks_nothing() -> None:
    assert next_quiet(local("02:00"), (Quiet("06:00", "06:00"),), ZONE) is None
