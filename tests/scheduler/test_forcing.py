"""Planning by force: told as it is then done, written nowhere before; who did it is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models.audit import Audit
from scheduler import changes, forcing
from scheduler.models.airing import Airing
from scheduler.models.plan import StationPlan
from scheduler.planning import plan
from scheduler.windows import set_exdates
from tests.scheduler import factories
from tests.scheduler.factories import NOW, TODAY, Scene, local, make_scene, make_station

LOCKED = replace(factories.RULES, lock_in=timedelta(hours=2))
SOON = NOW + timedelta(minutes=20)
"""05:20: the broadcast of 06:00 lies inside the lock-in."""


@pytest.fixture
def scene(session: Session) -> Scene:
    """Plan two days at one station, then leave the first day out when the lock-in holds it already."""
    made = make_scene(session, last_day=TODAY + timedelta(days=1))
    plan(session, NOW - timedelta(hours=6), LOCKED)
    days = [TODAY.isoformat()]
    set_exdates(session, made.window, days, rules=LOCKED, now=SOON, by="dai")
    assert plan(session, SOON, LOCKED).written == 0
    return made


def test_what_force_would_take_back_inside_the_lock_in_is_told(session: Session, scene: Scene) -> None:
    before = session.scalars(select(Airing.updated_at)).all()
    [found] = forcing.look(session, [scene.station.name], rules=LOCKED, now=SOON)
    assert (len(found.created), len(found.moved), len(found.taken)) == (0, 1, 1)
    assert [line.was for line in forcing.near(found.lines(), LOCKED, SOON)] == [local("06:00")]
    assert session.scalars(select(Airing.updated_at)).all() == before


def test_what_was_told_is_what_is_done(session: Session, scene: Scene) -> None:
    names = [scene.station.name]
    done = forcing.carry_out(session, names, by="an", rules=LOCKED, now=SOON)
    assert (done.stations, done.created, done.moved, done.cancelled + done.recalled) == (1, 0, 1, 1)
    assert forcing.look(session, names, rules=LOCKED, now=SOON) == []


def test_who_did_it_is_written_down_and_touches_no_other_station(session: Session, scene: Scene) -> None:
    other = make_station(session)
    plan(session, SOON, LOCKED)
    forcing.carry_out(session, [scene.station.name], by="an", rules=LOCKED, now=SOON)
    line = session.scalars(select(Audit).where(Audit.action == "plan.force")).one()
    assert (line.actor, line.subject) == ("an", f"station:{scene.station.name}")
    changes.take_in(session, SOON, LOCKED)
    assert session.get_one(StationPlan, other.name).dirty_from is None
