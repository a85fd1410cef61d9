"""`loaphuong why`: the chain in words, exit codes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.models.order import Order
from scheduler.models.station import Station
from tests.scheduler.factories import NOW, make_airing, make_bulletin, make_order
from tests.web.cli.conftest import Command, open_house

TODAY = "2026-11-23"


@pytest.fixture
def airing(data: Path) -> str:
    """Return an airing at Hạ Đình's station; order 1 reaches that station and never got a place."""
    house = open_house(data)
    with house.database.writing() as session:
        station = session.scalars(select(Station).where(Station.name == "ha-dinh-1")).one()
        make_order(session, make_bulletin(session, station.unit), [station.unit_id])
        name = make_airing(session, station, state="missed", reason="not_delivered").id
    house.close()
    return name


def test_an_airing_is_explained(run: Command, airing: str) -> None:
    ran = run("why", airing)
    assert ran.code == 0
    assert ran.out.startswith(
        "Không phát: trạm không nhận được bản kê mang nó (ha-dinh-1).\n→ Xem mạng của trạm."
    )


def test_an_absence_is_explained_step_by_step(run: Command, airing: str) -> None:
    ran = run("why", "ha-dinh-1", "--order", "1", "--day", TODAY)
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        "Ngày 23/11/2026 trạm ha-dinh không có buổi phát nào.",
    )
    assert "✓ Lệnh phát số 1" in ran.out
    assert "✗ Ngày 23/11/2026" in ran.out


def test_a_bulletin_may_be_asked_about(run: Command, airing: str) -> None:
    assert run("why", "ha-dinh-1", "--bulletin", "1", "--day", TODAY).code == 0


def test_without_a_number_the_orders_of_the_day_are_listed(run: Command, airing: str) -> None:
    ran = run("why", "ha-dinh-1", "--day", TODAY)
    assert ran.code == 0
    assert "--order 1  " in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("khong-co",), 2, "Không có trạm “khong-co”."),
        (("ha-dinh-1", "--order", "9" * 20), 2, "is not in the range"),
        (("ha-dinh-1", "--bulletin", "0"), 2, "is not in the range"),
        (("ha-dinh-1", "--order", "1", "--day", "mai"), 1, "“mai” không phải một ngày"),
        (("khong-co", "--order", "1"), 2, "Không có trạm “khong-co”."),
        (("0" * 32,), 2, "Không có lượt phát này."),
    ],
)
def test_what_is_not_there_is_told(
    run: Command, airing: str, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = run("why", *arguments)
    assert ran.code == code
    assert told in ran.err


def test_orders_are_kept_out_of_it(run: Command, airing: str, data: Path) -> None:
    run("why", airing)
    house = open_house(data)
    with house.database.reading() as session:
        assert session.scalars(select(Order.created_at)).all() == [NOW]
    house.close()
