"""An airing's rank only rises, each step is written down, and what is final stays so."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from content.contracts.airings import FINAL_STATES, Reason, State
from scheduler.models.airing import Airing, AiringChange
from scheduler.states import Withdrawn, move, move_all, withdraw
from tests.postgres import BOTH
from tests.scheduler.factories import NOW, make_airing, make_station

pytestmark = BOTH

OPEN_STATES = (State.PLANNED, State.RELEASED, State.DUE, State.ON_AIR)


@pytest.mark.parametrize("before", State)
def test_rank_only_rises(session: Session, before: State) -> None:
    station = make_station(session)
    for after in State:
        airing = make_airing(session, station, state=str(before))
        moved = move(session, airing.id, after, at=NOW, by="thu")
        assert moved is (after.rank > before.rank)
        assert airing.state == (after if moved else before)


def test_every_step_is_written_down(session: Session) -> None:
    airing = make_airing(session, make_station(session), state="planned")
    move(session, airing.id, State.RELEASED, at=NOW, by="release")
    move(session, airing.id, State.MISSED, at=NOW, by="tram", reason=Reason.LATE)
    steps = session.scalars(select(AiringChange).order_by(AiringChange.id)).all()
    assert [(step.state, step.reason, step.by) for step in steps] == [
        ("released", None, "release"),
        ("missed", "late", "tram"),
    ]


def test_no_step_is_written_when_nothing_moved(session: Session) -> None:
    airing = make_airing(session, make_station(session), state="played")
    move(session, airing.id, State.DUE, at=NOW, by="dispatch")
    assert session.scalars(select(AiringChange)).all() == []


def test_a_move_brings_facts_along(session: Session) -> None:
    airing = make_airing(session, make_station(session))
    move(session, airing.id, State.PLAYED, at=NOW, by="tram", heard_ms=5, started_at=NOW)
    assert (airing.state, airing.rank, airing.heard_ms, airing.started_at) == ("played", 4, 5, NOW)


@pytest.mark.parametrize("state", FINAL_STATES)
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE airing SET state = 'planned', rank = 0",
        "UPDATE airing SET heard_ms = 1",
        "UPDATE airing SET rank = 4",
        "DELETE FROM airing",
    ],
)
def test_not_even_sql_changes_what_is_final(session: Session, state: State, attack: str) -> None:
    make_airing(session, make_station(session), state=str(state))
    session.commit()
    with pytest.raises(DBAPIError, match="never altered"):
        session.execute(text(attack))


def test_what_is_open_may_be_changed(session: Session) -> None:
    make_airing(session, make_station(session))
    session.execute(text("UPDATE airing SET title = 'x'"))
    assert session.scalars(select(Airing.title)).all() == ["x"]


def test_history_is_append_only(session: Session) -> None:
    airing = make_airing(session, make_station(session))
    move(session, airing.id, State.PLAYED, at=NOW, by="tram")
    with pytest.raises(DBAPIError, match="never altered"):
        session.execute(text("DELETE FROM airing_change"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.PLANNED, Withdrawn(cancelled=1)),
        (State.RELEASED, Withdrawn(recalled=1)),
        (State.DUE, Withdrawn(recalled=1)),
        (State.ON_AIR, Withdrawn(recalled=1)),
        (State.PLAYED, Withdrawn()),
    ],
)
def test_withdrawing_follows_what_the_station_has(
    session: Session, state: State, expected: Withdrawn
) -> None:
    airing = make_airing(session, make_station(session), state=str(state))
    first = withdraw(session, [airing.id], at=NOW, by="vp", reason=Reason.RECALLED)
    again = withdraw(session, [airing.id], at=NOW, by="vp", reason=Reason.RECALLED)
    assert (first, again) == (expected, Withdrawn())


def test_many_are_moved_in_one_statement(session: Session) -> None:
    station = make_station(session)
    open_ones = [make_airing(session, station, state=str(state)).id for state in OPEN_STATES]
    make_airing(session, station, state="missed")
    moved = move_all(session, Airing.station == station.name, State.CANCELLED, at=NOW, by="vp")
    assert moved == sorted(open_ones)


def test_withdrawals_add_up() -> None:
    assert Withdrawn(1, 2) + Withdrawn(3, 4) == Withdrawn(4, 6)
