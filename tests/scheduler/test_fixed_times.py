"""Fixed times are hard: what is in the way moves on, and what cannot be kept is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models.unit import Unit
from scheduler import manifests
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.planning import plan
from tests.postgres import BOTH
from tests.scheduler.factories import (
    CENTRE,
    RULES,
    TERMS,
    ZONE,
    local,
    make_bulletin,
    make_order,
    make_station,
    make_unit,
    make_window,
)

LOCKED = replace(RULES, lock_in=timedelta(hours=2))


@pytest.fixture
def ward(session: Session) -> Unit:
    return settle(session)


def settle(session: Session) -> Unit:
    """Return a ward whose broadcast of 15 minutes at 06:00 holds four clips and is in the station's hands."""
    unit = make_unit(session)
    make_window(session, make_station(session, "loa", unit=unit))
    for _ in range(4):
        ordered(session, unit, local("02:00"), 200)
    plan(session, local("03:00"), LOCKED)
    release(session, local("03:00"))
    return unit


def release(session: Session, now: datetime) -> None:
    manifests.release(session, now, TERMS, key=CENTRE)


def ordered(session: Session, unit: Unit, at: datetime, seconds: int, **more: object) -> None:
    make_order(session, make_bulletin(session, unit, seconds=seconds), [unit.id], created_at=at, **more)


def fixed(session: Session, unit: Unit, at: str, wall: str = "06:05", seconds: int = 120) -> dict[int, str]:
    """Order a fixed time at an instant of today, plan, and return (order → start) of what stands."""
    ordered(session, unit, local(at), seconds, fixed_times=[wall])
    plan(session, local(at), LOCKED, full=True)
    return standing(session)


def standing(session: Session) -> dict[int, str]:
    held = Airing.recalled_at.is_(None) & Airing.state.in_(("planned", "released", "on_air"))
    rows = session.scalars(select(Airing).where(held).order_by(Airing.starts_at))
    # PostgreSQL does not count anew for each test.
    orders = [0, *session.scalars(select(Order.id).order_by(Order.id))]
    return {orders.index(row.order_id or 0): f"{row.starts_at.astimezone(ZONE):%H:%M:%S}" for row in rows}


@BOTH
def test_what_is_locked_does_not_push_a_fixed_time(session: Session) -> None:
    unit = settle(session)
    assert fixed(session, unit, "05:00") == {1: "06:00:00", 5: "06:05:00", 2: "06:07:01", 3: "06:10:22"}


def test_a_second_run_leaves_it_there(session: Session, ward: Unit) -> None:
    fixed(session, ward, "05:00")
    assert plan(session, local("05:01"), LOCKED, full=True).written == 0


def test_what_found_no_other_place_is_called_back(session: Session, ward: Unit) -> None:
    fixed(session, ward, "05:00")
    [row] = session.scalars(select(Airing).where(Airing.order_id == 4))
    assert (row.state, row.recalled_at, row.reason) == ("released", local("05:00"), "over_limit")


def test_what_the_stations_start_at_once_stays(session: Session, ward: Unit) -> None:
    assert fixed(session, ward, "06:03:30") == {1: "06:00:00", 2: "06:03:21", 3: "06:06:42", 4: "06:10:03"}
    assert session.scalars(select(Unplaced.reason)).all() == ["fixed_taken"]


def test_what_was_moved_back_says_so(session: Session) -> None:
    unit = make_unit(session)
    make_window(session, make_station(session, "loa", unit=unit))
    for _ in range(2):
        ordered(session, unit, local("05:00"), 60, fixed_times=["06:05"])
    plan(session, local("05:00"), RULES)
    notes = session.scalars(select(Airing.note).order_by(Airing.starts_at)).all()
    assert notes == [None, "Giờ cố định 06:05 không còn trống, phát ngay sau đó."]


def test_what_an_approver_released_stays(session: Session) -> None:
    unit = settle(session)
    unit.week_approval = True
    session.flush()
    assert fixed(session, unit, "05:00")[2] == "06:03:21"
