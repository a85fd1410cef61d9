"""What finds no room waits for the next broadcast, however many days away it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler import orders
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.planning import PlanResult, plan
from tests.postgres import BOTH
from tests.scheduler.factories import (
    RULES,
    TODAY,
    local,
    make_bulletin,
    make_order,
    make_station,
    make_unit,
    make_user,
    make_window,
)

DAY = timedelta(days=1)
FRIDAY, MONDAY = TODAY + 4 * DAY, TODAY + 7 * DAY


@pytest.fixture
def station(session: Session) -> Station:
    return settle(session)


def settle(session: Session) -> Station:
    """Return a station with one broadcast of two minutes, on weekdays."""
    unit = make_unit(session)
    made = make_station(session, "loa", unit=unit, created_at=local("00:00", TODAY - 30 * DAY))
    make_window(session, made, minutes=2, rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    return made


def order(session: Session, station: Station, first: date, last: date) -> Order:
    bulletin = make_bulletin(session, station.unit, seconds=90)
    return make_order(session, bulletin, [station.unit_id], first_day=first, last_day=last)


def at(day: date) -> datetime:
    return local("05:00", day)


def run(session: Session, day: date) -> PlanResult:
    return plan(session, at(day), RULES, full=True)


def rows(session: Session) -> list[tuple[date | None, datetime]]:
    query = select(Airing.due, Airing.starts_at).where(Airing.state != "cancelled")
    found = session.execute(query.order_by(Airing.starts_at))
    return [(row.due, row.starts_at) for row in found]


@BOTH
def test_fridays_overflow_goes_to_monday(session: Session) -> None:
    made = settle(session)
    for last in (FRIDAY, MONDAY - DAY, MONDAY):
        order(session, made, FRIDAY, last)
    run(session, FRIDAY)
    assert rows(session) == [(FRIDAY, local("06:00", FRIDAY)), (FRIDAY, local("06:00", MONDAY))]


def test_the_row_says_so(session: Session, station: Station) -> None:
    for _ in range(2):
        order(session, station, FRIDAY, MONDAY)
    run(session, FRIDAY)
    [second] = session.scalars(select(Airing).where(Airing.starts_at == local("06:00", MONDAY)))
    assert second.note == "Buổi 06:00 ngày 27/11 không đủ chỗ, chuyển sang buổi này."


def test_it_stays_there_over_the_weekend(session: Session, station: Station) -> None:
    for _ in range(2):
        order(session, station, FRIDAY, MONDAY)
    written = [run(session, FRIDAY + n * DAY).written for n in range(4)]
    assert written == [2, 0, 0, 0]


def test_a_weeks_overflow_goes_to_the_next_week(session: Session, station: Station) -> None:
    session.scalars(select(Window)).one().rrule = "FREQ=WEEKLY;BYDAY=SA"
    for _ in range(2):
        order(session, station, TODAY, TODAY + 12 * DAY)
    run(session, TODAY)
    saturday = TODAY + 5 * DAY
    assert rows(session) == [(saturday, local("06:00", d)) for d in (saturday, saturday + 7 * DAY)]


def test_room_that_is_made_on_sunday_is_fridays(session: Session, station: Station) -> None:
    for last in (FRIDAY, MONDAY):
        order(session, station, FRIDAY, last)
    full = order(session, station, MONDAY, MONDAY)
    full.level = "priority"
    run(session, FRIDAY)
    sunday = at(MONDAY - DAY)
    assert session.scalars(select(Unplaced.due)).all() == [FRIDAY, MONDAY]
    orders.cancel_order(session, full, reason="đổi", by=make_user(session), now=sunday)
    run(session, MONDAY - DAY)
    assert rows(session)[-1] == (FRIDAY, local("06:00", MONDAY))
    assert session.scalars(select(Unplaced.due)).all() == [MONDAY]


def test_what_is_over_for_good_stays_on_file(session: Session, station: Station) -> None:
    for _ in range(2):
        order(session, station, FRIDAY, FRIDAY)
    run(session, FRIDAY)
    before = session.execute(select(Unplaced.reason, Unplaced.at)).all()
    for n in (1, 2, 3, 20):
        run(session, FRIDAY + n * DAY)
    assert session.execute(select(Unplaced.reason, Unplaced.at)).all() == before


def test_it_waits_for_one_day_with_broadcasts_only(session: Session, station: Station) -> None:
    for _ in range(3):
        order(session, station, TODAY, TODAY).last_day = TODAY + DAY
    session.flush()
    run(session, TODAY)
    run(session, TODAY + 2 * DAY)
    assert len(rows(session)) == 2


def test_a_late_hearing_of_a_cancelled_order_is_taken_back(session: Session, station: Station) -> None:
    placed = [order(session, station, FRIDAY, MONDAY) for _ in range(2)]
    run(session, FRIDAY)
    sunday = at(MONDAY - DAY)
    orders.cancel_order(session, placed[1], reason="đổi", by=make_user(session), now=sunday)
    run(session, MONDAY - DAY)
    states = session.scalars(select(Airing.state).order_by(Airing.starts_at)).all()
    assert states[1:] == ["cancelled", "planned"]
