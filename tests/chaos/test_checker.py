"""The checker finds what is planted, and nothing in a day that went well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.db import Database
from scheduler import states
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.station import Station
from tests.chaos import checker
from tests.postgres import BOTH
from tests.scheduler.factories import NOW, TODAY, local, make_airing, make_scene

pytestmark = BOTH


def step(state: State) -> Callable[[Session, Airing], None]:
    """Return a fault: a step that must not be."""

    def plant(session: Session, airing: Airing) -> None:
        session.add(AiringChange(airing=airing.id, at=NOW, state=str(state), by="dispatch"))

    return plant


def one_more_owed(session: Session, airing: Airing) -> None:
    session.execute(text("UPDATE broadcast_order SET times_per_day = 2"))


def a_stranger(session: Session, airing: Airing) -> None:
    make_airing(session, session.get_one(Station, airing.station), state="missed")


def a_straggler(session: Session, airing: Airing) -> None:
    make_airing(session, session.get_one(Station, airing.station), state="due", kind="ident")


FAULTS = [
    (one_more_owed, {"lost"}),
    (a_stranger, {"never asked for", "rows that differ from their history"}),
    (a_straggler, {"left behind", "rows that differ from their history"}),
    (step(State.DUE), {"ranks that fell", "final states that changed", "due more than once"}),
    (step(State.PLAYED), {"final states that changed"}),
]


@pytest.mark.parametrize(("plant", "found"), [(None, set()), *FAULTS])
def test_what_is_planted_is_found(
    database: Database, plant: Callable[[Session, Airing], None] | None, found: set[str]
) -> None:
    with database.writing() as session:
        scene = make_scene(session)
        fields = {"order_id": scene.order.id, "due": TODAY, "n": 1, "state": "planned"}
        airing = make_airing(session, scene.station, **fields)
        for state in (State.RELEASED, State.DUE, State.MISSED):
            states.move(session, airing.id, state, at=NOW, by="dispatch" if state is State.DUE else "test")
        if plant is not None:
            plant(session, airing)
    told = set(checker.findings(database, [TODAY], local("12:00")))
    assert found <= told
    assert told <= found | {"rows that differ from their history"}
