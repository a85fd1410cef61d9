"""Homes: a merged unit's stations become its successor's, and what belonged where stays known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import units
from content.errors import ConflictError, InvalidInputError
from content.models.unit import Unit
from scheduler import homes, stations, why
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.planning import plan
from scheduler.stations import stations_below
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    make_bulletin,
    make_order,
    make_station,
    make_unit,
    make_window,
)

DAY = timedelta(days=1)
MERGER = TODAY + 2 * DAY


@pytest.fixture
def old(session: Session) -> Unit:
    return make_unit(session, "cu")


@pytest.fixture
def heir(session: Session, old: Unit) -> Unit:
    """Return the unit that the old one becomes part of in two days."""
    unit = make_unit(session, "moi")
    units.merge(session, [old], unit, on=MERGER, by="-", now=NOW)
    return unit


@pytest.fixture
def station(session: Session, old: Unit) -> Station:
    made = make_station(session, "loa", unit=old)
    make_window(session, made)
    return made


def order(session: Session, unit: Unit) -> Order:
    return make_order(session, make_bulletin(session, unit), [unit.id], last_day=TODAY + 6 * DAY)


def run(session: Session, days: int) -> None:
    plan(session, NOW + days * DAY, RULES)


def test_each_unit_s_orders_on_its_own_days(
    session: Session, old: Unit, heir: Unit, station: Station
) -> None:
    first, then = order(session, old), order(session, heir)
    run(session, 0)
    told = {(row.order_id, (row.due or TODAY) - TODAY) for row in session.scalars(select(Airing))}
    assert {days.days for number, days in told if number == then.id} == {2, 3, 4, 5, 6}
    assert {days.days for number, days in told if number == first.id} == set(range(7))


@pytest.mark.parametrize(("days", "unit"), [(0, "cu"), (2, "cu"), (3, "moi"), (5, "moi")])
def test_it_moves_once_nothing_is_owed_from_before(
    session: Session, heir: Unit, station: Station, days: int, unit: str
) -> None:
    run(session, 0)
    run(session, days)
    assert station.unit.slug == unit


def test_nothing_planned_is_changed_by_the_move(session: Session, heir: Unit, station: Station) -> None:
    order(session, heir)
    run(session, 0)
    run(session, 2)
    before = set(session.scalars(select(Airing.id)))
    run(session, 3)
    assert before <= set(session.scalars(select(Airing.id)))
    assert set(session.scalars(select(Airing.state))) == {"planned"}


@pytest.mark.parametrize("moved", [0, 5])
def test_the_stations_of_a_unit_by_the_day(
    session: Session, old: Unit, heir: Unit, station: Station, moved: int
) -> None:
    run(session, moved)
    assert stations_below(session, [heir.id], MERGER) == [station]
    assert (stations_below(session, [heir.id], TODAY) == [station]) == (moved == 5)


@pytest.mark.parametrize("moved", [0, 5])
@pytest.mark.parametrize(("day", "unit"), [(TODAY, "cu"), (MERGER - DAY, "cu"), (MERGER, "moi")])
def test_where_it_belonged_is_known_ever_after(
    session: Session, heir: Unit, station: Station, moved: int, day: object, unit: str
) -> None:
    run(session, moved)
    found = homes.unit_on(session, units.load_tree(session), station, day)  # type: ignore[arg-type]
    assert found is not None
    assert found.slug == unit


def test_why_tells_of_the_merger(session: Session, heir: Unit, station: Station) -> None:
    placed = order(session, heir)
    run(session, 0)
    told = why.why(session, station="loa", day=MERGER, order_id=placed.id, now=NOW, rules=RULES)
    assert "cu đã sáp nhập, trạm nay thuộc moi" in " ".join(step.said for step in told.steps)


def test_a_station_is_moved_by_hand(session: Session, old: Unit, station: Station) -> None:
    other = make_unit(session, "khac")
    homes.move_station(session, station, other.id, by="quan", rules=RULES, now=NOW)
    assert station.unit_id == other.id
    assert homes.unit_on(session, units.load_tree(session), station, TODAY - DAY) == old
    with pytest.raises(ConflictError, match="đã thuộc khac"):
        homes.move_station(session, station, other.id, by="quan", rules=RULES, now=NOW)


def test_only_a_unit_in_being_takes_it(session: Session, old: Unit, heir: Unit, station: Station) -> None:
    gone = make_unit(session, valid_to=TODAY)
    for unit in (gone.id, 999):
        with pytest.raises(InvalidInputError, match="đơn vị đang có"):
            homes.move_station(session, station, unit, by="quan", rules=RULES, now=NOW)
    stations.retire(session, station, by="-", now=NOW)
    with pytest.raises(ConflictError, match="ngừng dùng"):
        homes.move_station(session, station, heir.id, by="quan", rules=RULES, now=NOW)
