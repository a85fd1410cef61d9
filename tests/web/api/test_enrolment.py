"""Enrolling over HTTP: a code is spent once, and what is wrong is told without harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from content.contracts.enrolment import EnrolAnswer, EnrolCode, EnrolRequest
from content.contracts.signing import PrivateKey
from scheduler import stations
from tests.web.wards import MORNING, make_unit
from web.api.enrolment import LARGEST_BYTES, RATE
from web.house import House

KEY = PrivateKey(bytes(range(32)))


@pytest.fixture
def code(house: House) -> EnrolCode:
    with house.database.writing() as session:
        unit = make_unit(session, "ha-dinh", "Phường Hạ Đình")
        station = stations.create_station(session, unit.id, title="Hạ Đình", now=MORNING)
        keyid = house.key.public.keyid
        return stations.invite(session, station, url="https://loa.vn", keyid=keyid, by="an", now=MORNING)


def asked(code: object, **changes: object) -> dict[str, Any]:
    key = KEY.public.raw.hex()
    return {**EnrolRequest(str(code), key, "may-tram", "0.1.0").to_wire(), **changes}


def test_a_machine_is_told_its_name_and_whom_it_obeys(
    client: FlaskClient, house: House, code: EnrolCode
) -> None:
    answer = client.post("/api/v1/enrol", json=asked(code))
    told = EnrolAnswer.from_wire(answer.json)
    assert (answer.status_code, told.station, told.mode) == (201, "ha-dinh", "rehearsal")
    assert told.centre_keys == (house.key.public.raw.hex(),)
    assert told.bell_url == "http://127.0.0.1:8001/bell/ha-dinh"


def test_the_token_told_opens_the_other_calls(client: FlaskClient, code: EnrolCode) -> None:
    token = client.post("/api/v1/enrol", json=asked(code)).json["token"]  # type: ignore[index]
    answer = client.get("/api/v1/stations/ha-dinh/manifest", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 404


def test_a_code_is_good_once(client: FlaskClient, code: EnrolCode) -> None:
    client.post("/api/v1/enrol", json=asked(code))
    again = client.post("/api/v1/enrol", json=asked(code))
    assert (again.status_code, again.json["error"]) == (422, "invalid_input")  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 4000, 400),
        (b'{"code":1,"code":2}', 400),
        (json.dumps(asked("https://loa.vn/#LP1.0123456789abcdef.0123456789abcdef", host=7)).encode(), 400),
        (json.dumps(asked("https://loa.vn/#LP1.0123456789abcdef.0123456789abcdef", more=1)).encode(), 400),
        (json.dumps(asked("https://loa.vn/#LP1.0123456789abcdef.0123456789abcdef")).encode(), 422),
        (json.dumps(asked("#LP1", public_key="khoa")).encode(), 400),
        (b'"' + b"x" * LARGEST_BYTES + b'"', 413),
    ],
)
def test_a_wrong_form_is_told_and_changes_nothing(
    client: FlaskClient, code: EnrolCode, body: bytes, status: int
) -> None:
    answer = client.post("/api/v1/enrol", data=body, content_type="application/json")
    assert (answer.status_code, set(answer.json or {})) == (status, {"error", "message"})
    assert client.post("/api/v1/enrol", json=asked(code)).status_code == 201


def test_who_guesses_codes_is_slowed_down(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/enrol", data=b"") for _ in range(RATE.burst + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [400, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
