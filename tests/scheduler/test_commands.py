"""Commands: only what a station can do, for airings of its own, for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.errors import ConflictError, InvalidInputError
from scheduler.commands import pending, send
from tests.scheduler.factories import NOW, make_airing, make_station


def test_a_command_is_pending_until_it_expires(session: Session) -> None:
    station = make_station(session)
    command = send(session, station, "pause", by="truc", now=NOW)
    [wire] = pending(session, [station.name], NOW)[station.name]
    assert (wire.id, wire.kind, wire.expires_at) == (command.id, "pause", NOW + timedelta(minutes=5))
    assert pending(session, [station.name], NOW + timedelta(minutes=5)) == {}


def test_commands_come_in_the_order_of_their_issue(session: Session) -> None:
    station = make_station(session)
    for n, kind in enumerate(["pause", "resume", "stop"]):
        send(session, station, kind, by="truc", now=NOW + timedelta(seconds=n))
    wires = pending(session, [station.name], NOW)[station.name]
    assert [wire.kind for wire in wires] == ["pause", "resume", "stop"]


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("explode", {}, "kind"),
        ("play", {}, "item"),
        ("skip", {}, "item"),
        ("skip", {"item": "0" * 32}, "item"),
        ("volume", {}, "value"),
        ("volume", {"value": 101}, "value"),
        ("volume", {"value": "50"}, "value"),
        ("volume", {"value": True}, "value"),
    ],
)
def test_a_senseless_command_is_refused(
    session: Session, kind: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        send(session, make_station(session), kind, by="truc", now=NOW, **more)
    assert caught.value.field == field


def test_an_airing_of_another_station_is_refused(session: Session) -> None:
    foreign = make_airing(session, make_station(session))
    with pytest.raises(InvalidInputError):
        send(session, make_station(session), "skip", item=foreign.id, by="truc", now=NOW)


@pytest.mark.parametrize("state", [{"enrolled_at": None}, {"retired_at": NOW}])
def test_nobody_commands_a_station_that_is_not_there(session: Session, state: dict[str, Any]) -> None:
    with pytest.raises(ConflictError):
        send(session, make_station(session, **state), "stop", by="truc", now=NOW)
