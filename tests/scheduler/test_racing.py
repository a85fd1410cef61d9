"""Two processes at the same work: what is owed is still planned once, a batch still kept once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content.contracts.asrun import Event
from content.db import Database
from scheduler.dispatch import dispatch
from scheduler.intake import take_in
from scheduler.leases import hold
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.asrun import AsRunRecord, Seal
from scheduler.models.station import Station
from scheduler.planning import replan
from tests.postgres import BOTH
from tests.scheduler.factories import NOW, RULES, TODAY, local, make_scene, make_station, open_pen

pytestmark = BOTH

T = TypeVar("T")


def race(database: Database, work: Callable[[Session], T], runners: int = 3) -> list[T]:
    """Let several threads do `work` at once, each in its own transaction."""
    start = Barrier(runners)

    def run(_: int) -> T:
        start.wait()
        with database.writing() as session:
            return work(session)

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))


def test_three_planners_plan_each_hearing_once(shared: Database) -> None:
    with shared.writing() as session:
        make_scene(session, last_day=TODAY + timedelta(days=6))
    results = race(shared, lambda session: replan(session, NOW, RULES).created)
    assert sorted(results) == [0, 0, 7]


def test_three_dispatchers_make_each_airing_due_once(shared: Database) -> None:
    with shared.writing() as session:
        make_scene(session)
        replan(session, NOW, RULES)
        session.query(Airing).update({"state": "released", "rank": 1})
    assert sorted(race(shared, lambda session: dispatch(session, local("06:00")))) == [0, 0, 1]
    with shared.reading() as session:
        assert session.scalar(select(func.count()).select_from(AiringChange)) == 1


def test_the_same_batch_at_once_is_kept_once(shared: Database) -> None:
    with shared.writing() as session:
        station = make_station(session)
        pen = open_pen(station)
        pen.write(Event.BOOT)
        name, body = station.name, pen.batch()

    def post(session: Session) -> int:
        return take_in(session, session.get_one(Station, name), body, NOW).acknowledged

    assert race(shared, post) == [2, 2, 2]
    with shared.reading() as session:
        assert session.scalar(select(func.count()).select_from(AsRunRecord)) == 2
        assert session.scalar(select(func.count()).select_from(Seal)) == 1


def test_one_of_three_gets_the_lease(shared: Database) -> None:
    names = iter("abc")

    def ask(session: Session) -> int | None:
        term = hold(session, "scheduler", holder=next(names), ttl=timedelta(seconds=10))
        return None if term is None else term.epoch

    assert sorted(race(shared, ask), key=str) == [1, None, None]


def test_the_key_itself_refuses_a_double(session: Session) -> None:
    make_scene(session)
    replan(session, NOW, RULES)
    [row] = session.scalars(select(Airing)).all()
    fields = {column.key: getattr(row, column.key) for column in Airing.__table__.columns}
    session.add(Airing(**{**fields, "id": "f" * 32}))
    with pytest.raises(IntegrityError):
        session.flush()
