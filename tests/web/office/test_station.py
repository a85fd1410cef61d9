"""One station's page, and the list by unit and state."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from content.contracts.asrun import Event
from scheduler.alarms import raise_alarm
from scheduler.intake import take_in
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import ChainHead
from scheduler.models.station import Station
from tests.scheduler.factories import WARD, open_pen
from tests.web.hall import NOW, Hall
from web.cli.ledger import ledger

PAGE = "/office/tram/ha-dinh-1"
LIST = "/office/tram"


def hear(hall: Hall, *, seconds_ago: float = 0) -> None:
    """Let the station be heard, holding generation 0."""
    heard_at = NOW - timedelta(seconds=seconds_ago)
    with hall.house.database.writing() as session:
        session.execute(
            update(Station)
            .where(Station.name == "ha-dinh-1")
            .values(
                heard_at=heard_at,
                enrolled_at=NOW,
                clock_offset_ms=12,
                clock_ok=True,
                disk_free_bytes=9_000_000_000,
                version="0.1.0",
            )
        )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Đang nối"),
        (45, "Đang nối"),
        (46, "Báo chậm"),
        (90, "Báo chậm"),
        (91, "Mất kết nối"),
        (90_000, "Mất kết nối"),
    ],
)
def test_how_it_is_heard_is_derived(hall: Hall, seconds: float, words: str) -> None:
    hear(hall, seconds_ago=seconds)
    assert f"Kết nối {words}" in hall.browser("an").see(PAGE).words


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?tinh-trang=dang-noi", True),
        ("?tinh-trang=mat-ket-noi", False),
        ("?tinh-trang=bat-thuong", False),
        ("?tim=HẠ ĐÌNH", True),
        ("?tim=không có", False),
        ("?don-vi=ha-dinh", True),
        ("?don-vi=dinh-cong", False),
        ("?trang=99", False),
    ],
)
def test_the_list_is_narrowed(hall: Hall, query: str, shown: bool) -> None:
    hear(hall)
    answer = hall.browser("quan").get(f"{LIST}{query}")
    assert ('data-station="ha-dinh-1"' in answer.text) is shown


def test_the_tree_counts_what_lies_below(hall: Hall) -> None:
    hear(hall)
    words = hall.browser("quan").see(f"{LIST}?don-vi=ha-noi").words
    assert "Quận Thanh Xuân 1 đang nối" in words
    assert "Quận Hoàng Mai 1 chưa nối lần nào" in words


def test_six_hundred_stations_come_a_hundred_at_a_time(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        unit = session.get_one(Station, "ha-dinh-1").unit_id
        for number in range(600):
            session.add(
                Station(
                    name=f"tram-{number}",
                    unit_id=unit,
                    title=f"Trạm {number}",
                    created_at=NOW,
                    clips_missing=[],
                )
            )
    answer = hall.browser("an").get(f"{LIST}?trang=2")
    assert (answer.text.count("data-station="), "Hiện 100 trong 601" in answer.text) == (100, True)


def test_it_tells_alarms_and_ledgers(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        raise_alarm(session, "fork", station="ha-dinh-1", detail="c 7", now=NOW)
        session.add(
            ChainHead(station="ha-dinh-1", chain="c" * 36, last=12, head="0" * 64, opened_at=NOW, reaches=NOW)
        )
    words = hall.browser("an").see(PAGE).words
    assert "Hai máy cùng mang danh một trạm" in words
    assert "dòng 1 đến 12" in words


def test_an_alarm_is_seen_to_on_its_page(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        raise_alarm(session, "fork", station="ha-dinh-1", detail="c 7", now=NOW)
    answer = hall.browser("an").post("/office/canh-bao/1/da-xem?tram=ha-dinh-1")
    with hall.house.database.reading() as session:
        cleared = session.scalars(select(Alarm.cleared_at)).one()
    assert (answer.headers["Location"], cleared) == (PAGE, NOW)


def post_ledger(hall: Hall) -> None:
    """Let the station have posted two batches of its ledger."""
    with hall.house.database.writing() as session:
        station = session.get_one(Station, "ha-dinh-1")
        station.public_key = WARD.public.raw.hex()
        pen = open_pen(station)
        take_in(session, station, pen.batch(), NOW)
        pen.write(Event.BOOT)
        pen.write(Event.BOOT)
        take_in(session, station, pen.batch(2), NOW)


@pytest.mark.parametrize(("login", "status"), [("an", 200), ("oanh", 200), ("em", 403), ("bich", 403)])
def test_the_ledger_is_taken_home_by_whom_it_concerns(hall: Hall, login: str, status: int) -> None:
    post_ledger(hall)
    answer = hall.browser(login).post(f"{PAGE}/so-ghi-chep")
    answer.close()
    assert (answer.status_code, "station.ledger" in hall.audited()) == (status, status == 200)


def test_the_ledger_is_whole_without_a_server(hall: Hall, tmp_path: Path) -> None:
    post_ledger(hall)
    answer = hall.browser("an").post(f"{PAGE}/so-ghi-chep")
    file = tmp_path / "so.jsonl"
    file.write_bytes(answer.data)
    answer.close()
    told = CliRunner().invoke(ledger, ["verify", str(file), "--key", WARD.public.raw.hex()])
    assert "so-ghi-chep-ha-dinh-1-" in answer.headers["Content-Disposition"]
    assert (told.exit_code, "NGUYÊN VẸN: 3 bản ghi, 2 dấu niêm phong" in told.output) == (0, True), (
        told.output
    )


def test_no_ledger_is_made_of_nothing(hall: Hall) -> None:
    answer = hall.browser("an").post(f"{PAGE}/so-ghi-chep")
    assert (answer.status_code, "chưa gửi dòng ghi chép nào" in answer.text) == (409, True)


def test_another_districts_station_is_not_shown(hall: Hall) -> None:
    assert hall.browser("bich").get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("login", "name", "status"),
    [("an", "ha-dinh-1", 303), ("quan", "ha-dinh-1", 303), ("an", "sai", 409), ("oanh", "ha-dinh-1", 403)],
)
def test_who_retires_it_types_its_name(hall: Hall, login: str, name: str, status: int) -> None:
    answer = hall.browser(login).post(f"{PAGE}/ngung", name=name)
    with hall.house.database.reading() as session:
        retired = session.get_one(Station, "ha-dinh-1").retired_at is not None
    assert (answer.status_code, retired) == (status, status == 303)
