"""`loaphuong replan`: by force, for the stations that are named, and written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from content.models.audit import Audit
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from tests.scheduler.factories import make_bulletin, make_order, make_window
from tests.web.cli.conftest import Command, open_house


@pytest.fixture
def owed(data: Path) -> Path:
    """Let Hạ Đình's station be owed something on the next days."""
    house = open_house(data)
    with house.database.writing() as session:
        station = session.scalars(select(Station).where(Station.name == "ha-dinh-1")).one()
        now = house.clock.now()
        first, last = house.today(now) + timedelta(days=1), house.today(now) + timedelta(days=2)
        make_window(session, station, first_day=first)
        bulletin = make_bulletin(session, station.unit, valid_from=first, valid_to=last)
        make_order(session, bulletin, [station.unit_id], first_day=first, last_day=last, created_at=now)
    house.close()
    return data


def test_the_named_station_is_planned_and_it_is_written_down(run: Command, owed: Path) -> None:
    ran = run("replan", "ha-dinh-1")
    assert (ran.code, ran.out.split(",")[0]) == (0, "Đã xếp lại 1 trạm: 2 lượt mới")
    house = open_house(owed)
    with house.database.reading() as session:
        told = session.scalars(select(Audit.line).where(Audit.action == "plan.force")).all()
        assert (len(told), session.scalar(select(func.count()).select_from(Airing))) == (1, 2)
    house.close()


def test_a_second_time_writes_nothing(run: Command, owed: Path) -> None:
    assert run("replan").code == 0
    assert ": 0 lượt mới, 0 lượt dời, 0 lượt hủy, 0 lượt gọi về." in run("replan").out


def test_a_station_that_is_not_there_is_refused(run: Command, owed: Path) -> None:
    assert run("replan", "khong-co").code == 1
