"""Downloads of many stations do not fall into the same second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station.spreading import SOON, SPREAD, fetch_from, share_of
from tests.station.fakes import NOON


def test_ten_thousand_stations_spread_evenly() -> None:
    parts = [0] * 10
    for number in range(10_000):
        parts[int(share_of(f"phuong-{number}") * 10)] += 1
    assert min(parts) > 850
    assert max(parts) < 1150


@pytest.mark.parametrize(
    ("needed_in", "latest"),
    [
        (timedelta(), timedelta()),
        (SOON, timedelta()),
        (SOON + timedelta(minutes=4), timedelta(minutes=2)),
        (timedelta(days=1), SPREAD),
    ],
)
def test_what_is_needed_soon_does_not_wait(needed_in: timedelta, latest: timedelta) -> None:
    assert fetch_from(1.0, known_at=NOON, needed_at=NOON + needed_in) == NOON + latest


def test_what_has_no_hour_waits_its_turn() -> None:
    assert fetch_from(0.5, known_at=NOON, needed_at=None) == NOON + SPREAD / 2


def test_the_first_of_all_waits_for_nothing() -> None:
    assert fetch_from(0.0, known_at=NOON, needed_at=NOON + timedelta(days=3)) == NOON
