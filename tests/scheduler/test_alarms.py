"""Alarms are raised once while they are open."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from content.errors import NotFoundError
from scheduler.alarms import clear, open_alarms, raise_alarm
from tests.scheduler.factories import NOW, make_station


def test_the_same_alarm_is_open_once(session: Session) -> None:
    first = raise_alarm(session, "fork", detail="x", now=NOW)
    assert raise_alarm(session, "fork", detail="x", now=NOW) is first
    assert raise_alarm(session, "fork", detail="y", now=NOW) is not first


def test_a_cleared_alarm_may_come_again(session: Session) -> None:
    first = raise_alarm(session, "fork", detail="x", now=NOW)
    clear(session, first.id, now=NOW)
    assert open_alarms(session) == []
    assert raise_alarm(session, "fork", detail="x", now=NOW) is not first


def test_alarms_of_one_station(session: Session) -> None:
    station = make_station(session)
    raise_alarm(session, "fork", detail="x", now=NOW)
    own = raise_alarm(session, "fork", detail="x", now=NOW, station=station.name)
    assert open_alarms(session, station=station.name) == [own]


def test_an_unknown_alarm_is_not_cleared(session: Session) -> None:
    with pytest.raises(NotFoundError):
        clear(session, 1, now=NOW)
