"""A year of a few wards with Tết, a leap month, mergers and changed rules: nothing breaks a rule."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.scheduler.factories import (
    TODAY,
    local,
    make_airing,
    make_bulletin,
    make_order,
    make_scene,
    make_station,
    make_unit,
    make_window,
)
from tests.scheduler.year import FIRST, Year, faults

DAYS = 366


@pytest.mark.parametrize("seed", [2025])
def test_a_year_has_no_fault(session: Session, seed: int) -> None:
    year = Year(session, Random(seed))  # noqa: S311 (a play, no secret)
    year.settle(3)
    for number in range(DAYS):
        year.live(FIRST + timedelta(days=number))
    assert list(faults(session)) == []
    assert year.counts["played"] > DAYS
    assert year.counts["mergers"] >= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts_at": local("06:00:30")}, "runs into"),
        ({"starts_at": local("22:00")}, "in quiet hours"),
        ({"starts_at": local("20:59:30")}, "in quiet hours"),
        ({"starts_at": local("08:00"), "wording": True}, "again after"),
        ({"starts_at": local("06:05"), "duration_ms": 900_000, "within": True}, "ms of 900000"),
    ],
)
def test_the_look_itself_finds_what_is_wrong(session: Session, change: dict[str, Any], said: str) -> None:
    scene = make_scene(session)
    same = {"revision_id": scene.bulletin.latest.id if change.pop("wording", False) else None}
    here = {"window_id": scene.window.id if change.pop("within", False) else None}
    make_airing(session, scene.station, revision_id=scene.bulletin.latest.id, window_id=scene.window.id)
    assert list(faults(session)) == []
    make_airing(session, scene.station, **same, **here, **change)
    assert any(said in fault for fault in faults(session))


def test_the_look_finds_a_ward_that_went_silent(session: Session) -> None:
    city = make_unit(session, kind="city")
    order = make_order(session, make_bulletin(session, city), [city.id])
    first, second = (make_station(session, unit=make_unit(session, parent=city)) for _ in range(2))
    for station in (first, second):
        make_window(session, station)
    make_airing(session, first, order_id=order.id, due=TODAY, n=1)
    assert list(faults(session)) == [
        f"{second.name}: nothing of order {order.id} on {TODAY}, and no word why"
    ]
