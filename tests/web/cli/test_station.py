"""`loaphuong station invite`: a code for one ward's machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from content.contracts.enrolment import EnrolCode
from scheduler.models.station import StationInvite
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
