"""A short storm over a small town: nothing lost, nothing doubled, on either database."""

from __future__ import annotations

from datetime import timedelta

from tests.chaos.centre import Centre
from tests.chaos.storm import Weather, torment

SHORT = Weather(calm_s=1.5, locked_s=1.5, frozen_s=4, stride=timedelta(hours=1, minutes=30), patience_s=90)


def test_nothing_is_lost_and_nothing_doubled(centre: Centre) -> None:
    outcome = torment(centre, stations=24, orders=10, days=1, weather=SHORT, seed=7)
    assert (outcome.wrong, outcome.refused) == ({}, [])
    assert sum(outcome.states.values()) == outcome.owed == 240
    assert outcome.states == {"played": 240}
