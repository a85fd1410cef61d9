"""Dispatch makes due what has been released and whose time has come, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from content.db import Database
from scheduler.dispatch import dispatch
from scheduler.models.airing import AiringChange
from tests.postgres import BOTH
from tests.scheduler.factories import NOW, local, make_airing, make_station

pytestmark = BOTH

SIX = local("06:00")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "due"),
        ({"starts_at": SIX - timedelta(hours=9)}, "due"),
        ({"starts_at": SIX + timedelta(milliseconds=1)}, "released"),
        ({"state": "planned"}, "planned"),
        ({"state": "on_air"}, "on_air"),
        ({"state": "skipped"}, "skipped"),
        ({"recalled_at": NOW}, "released"),
    ],
)
def test_what_becomes_due(session: Session, fields: dict[str, Any], state: str) -> None:
    airing = make_airing(session, make_station(session), **fields)
    dispatch(session, SIX)
    assert airing.state == state


def test_it_is_counted_and_done_once(session: Session) -> None:
    station = make_station(session)
    for _ in range(3):
        make_airing(session, station)
    assert (dispatch(session, SIX), dispatch(session, SIX)) == (3, 0)
    assert session.scalars(select(AiringChange.state)).all() == ["due"] * 3


def test_however_many_they_take_one_step(session: Session, database: Database) -> None:
    station = make_station(session)
    for _ in range(20):
        make_airing(session, station)
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    dispatch(session, SIX)
    on_sqlite, elsewhere = ["SELECT", "INSERT", "UPDATE"], ["SELECT", "WITH"]
    expected = on_sqlite if database.engine.dialect.name == "sqlite" else elsewhere
    assert [statement.split()[0] for statement in seen] == expected
