"""The wards' stations as the office sees them, and the code with which a machine becomes one."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from content.contracts.enrolment import EnrolCode, EnrolRequest
from content.contracts.signing import PrivateKey
from content.models.audit import Audit
from scheduler import stations
from scheduler.alarms import raise_alarm
from scheduler.models.station import Station
from tests.web.hall import NOW, Hall, Page

STATIONS = "/office/tram"
INVITE = "/office/tram/ha-dinh-1/moi"


def code_in(answer: TestResponse) -> str:
    return Page(answer, STATIONS).words.split('loaphuong station enrol "')[1].split('"')[0]


@pytest.mark.parametrize(
    ("login", "seen"),
    [("an", ["ha-dinh-1"]), ("bich", ["dinh-cong-1"]), ("quan", ["ha-dinh-1", "dinh-cong-1"])],
)
def test_each_sees_the_stations_of_his_units(hall: Hall, login: str, seen: list[str]) -> None:
    words = hall.browser(login).see(STATIONS).words
    assert [name for name in ("ha-dinh-1", "dinh-cong-1") if name in words] == seen
    assert "Chưa nối lần nào" in words


def test_the_code_is_shown_once(hall: Hall) -> None:
    browser = hall.browser("an")
    answer = browser.send(STATIONS, INVITE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert EnrolCode.parse(code_in(answer)).keyid == hall.house.key.public.keyid
    assert "#LP1." not in browser.get(STATIONS).text


def test_the_code_opens_the_door(hall: Hall) -> None:
    answer = hall.browser("quan").send(STATIONS, INVITE)
    request = EnrolRequest(code_in(answer), PrivateKey.generate().public.raw.hex(), "may-tram", "0.1.0")
    with hall.house.database.writing() as session:
        enrolled, _token = stations.enrol(session, request, mode="rehearsal", now=NOW)
    assert enrolled.name == "ha-dinh-1"
    assert INVITE not in {form.action for form in hall.browser("an").see(STATIONS).forms}


def test_an_enrolled_station_shows_the_id_of_its_key(hall: Hall) -> None:
    assert "Vân tay" not in hall.browser("quan").see(STATIONS).words
    answer, key = hall.browser("quan").send(STATIONS, INVITE), PrivateKey.generate().public
    request = EnrolRequest(code_in(answer), key.raw.hex(), "may-tram", "0.1.0")
    with hall.house.database.writing() as session:
        stations.enrol(session, request, mode="rehearsal", now=NOW)
    assert hall.browser("quan").get(f"{STATIONS}/ha-dinh-1").text.count(f"<code>{key.keyid}</code>") == 1


def test_the_secret_is_kept_nowhere(hall: Hall) -> None:
    answer = hall.browser("an").send(STATIONS, INVITE)
    secret = EnrolCode.parse(code_in(answer)).secret
    with hall.house.database.reading() as session:
        lines = [row.line for row in session.query(Audit)]
    assert lines
    assert not any(secret in line for line in lines)


def test_an_unknown_station_is_told(hall: Hall) -> None:
    answer = hall.browser("quan").post("/office/tram/khong-co/moi")
    assert answer.status_code == 404
    assert "Không có trạm “khong-co”." in Page(answer, "/").words


def test_stations_stand_under_their_units(hall: Hall) -> None:
    words = hall.browser("quan").see(STATIONS).words
    for unit, station in (("Quận Thanh Xuân", "Phường Hạ Đình"), ("Phường Hạ Đình", "ha-dinh-1")):
        assert words.index(unit) < words.index(station)
    assert "Phường Hạ Đình 1 chưa nối lần nào" in words


@pytest.mark.parametrize(
    ("alarm", "told"), [(None, "đủ"), ("gap", "thiếu nhật ký"), ("fork", "thiếu nhật ký")]
)
def test_a_ledger_with_gaps_is_told(hall: Hall, alarm: str | None, told: str) -> None:
    with hall.house.database.writing() as session:
        session.get_one(Station, "ha-dinh-1").heard_at = NOW
        if alarm:
            raise_alarm(session, alarm, station="ha-dinh-1", detail="x 5", now=NOW)
    text = hall.browser("an").get(STATIONS).text
    assert told in text.split('data-label="Nhật ký">')[1].split("</td>")[0]
