"""`loaphuong station invite`: a code for one ward's machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from content.contracts.enrolment import EnrolCode
from scheduler.models.station import Station, StationInvite
from tests.scheduler.factories import NOW
from tests.web.cli.conftest import Command, open_house


def test_a_ward_gets_a_code(run: Command, data: Path) -> None:
    ran = run("station", "invite", "ha-dinh", PUBLIC_URL="https://loa.example/")
    code = EnrolCode.parse(ran.out.strip())
    assert code.url == "https://loa.example"
    house = open_house(data)
    with house.database.reading() as session:
        invite = session.scalars(select(StationInvite)).one()
    assert (invite.station, invite.keyid) == ("ha-dinh-1", house.key.public.keyid)
    assert code.secret not in invite.secret_sha256
    house.close()


def test_a_machine_in_use_is_replaced_only_when_asked_to(run: Command, data: Path) -> None:
    house = open_house(data)
    with house.database.writing() as session:
        session.get_one(Station, "ha-dinh-1").enrolled_at = NOW
    house.close()
    refused = run("station", "invite", "ha-dinh")
    assert (refused.code, refused.out, "--replace" in refused.err) == (2, "", True)
    assert EnrolCode.parse(run("station", "invite", "ha-dinh", "--replace").out.strip()).url


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("khong-co", "Không có đơn vị “khong-co”."),
        ("ha-noi", "Đơn vị “ha-noi” có 2 trạm; hãy chọn một phường."),
    ],
)
def test_it_is_for_one_station(run: Command, data: Path, unit: str, told: str) -> None:
    ran = run("station", "invite", unit)
    assert (ran.code, ran.out, ran.err) == (1, "", f"loaphuong: {told}\n")
