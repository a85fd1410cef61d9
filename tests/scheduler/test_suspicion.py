"""The cheap look before signing: it never misses what changed, and rests when nothing did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from content.contracts.airings import Reason
from content.db import Database
from scheduler import commands, states
from scheduler.models.airing import Airing
from scheduler.planning import replan
from scheduler.suspicion import suspects
from tests.scheduler.factories import NOW, RULES, TERMS, Scene, local, make_airing, make_scene, make_station
from tests.scheduler.test_manifests import release

SOON = NOW + timedelta(seconds=1)


def signed(session: Session) -> Scene:
    """Make two wards whose manifests say everything; return the first."""
    scene = make_scene(session)
    make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    return scene


def names(session: Session) -> list[str]:
    return [station.name for station in suspects(session, TERMS, SOON)]


def plan_more(session: Session, scene: Scene) -> None:
    make_airing(session, scene.station, state="planned", starts_at=local("12:00"))


def move(session: Session, scene: Scene) -> None:
    scene.window.local_start = "07:00"
    replan(session, NOW, RULES)


def recall(session: Session, scene: Scene) -> None:
    ids = session.scalars(select(Airing.id).where(Airing.station == scene.station.name)).all()
    states.withdraw(session, ids, at=NOW, by="vp", reason=Reason.RECALLED)


def command(session: Session, scene: Scene) -> None:
    commands.send(session, scene.station, "stop", by="truc", now=NOW)


def run_ahead(_: Session, scene: Scene) -> None:
    scene.station.generation = 9


@pytest.mark.parametrize("change", [plan_more, move, recall, command, run_ahead])
def test_what_changed_is_suspected_and_nobody_else(
    session: Session, change: Callable[[Session, Scene], None]
) -> None:
    scene = signed(session)
    assert names(session) == []
    change(session, scene)
    assert names(session) == [scene.station.name]


def test_everybody_is_suspected_when_the_rules_change(session: Session) -> None:
    signed(session)
    assert len(suspects(session, replace(TERMS, mode="rehearsal"), SOON)) == 2


def test_a_newcomer_is_suspected(session: Session) -> None:
    signed(session)
    newcomer = make_station(session)
    assert names(session) == [newcomer.name]


def test_what_is_due_or_played_is_no_change(session: Session) -> None:
    signed(session)
    session.execute(update(Airing).values(state="due", rank=2, updated_at=SOON))
    assert names(session) == []


def test_a_quiet_second_reads_no_station_s_airings(session: Session, database: Database) -> None:
    signed(session)
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert release(session, SOON) == []
    assert not [statement for statement in seen if "airing.kind IN" in statement]
    assert len(seen) <= 12
