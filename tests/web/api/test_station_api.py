"""The station's calls: its manifest, its clips, its heartbeat, and nobody else's."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from content.contracts.airings import Kind, Level, born_airing_id
from content.contracts.enrolment import Heartbeat
from content.contracts.instants import format_instant
from scheduler import stations
from scheduler.models.airing import Airing
from tests.web.wards import MORNING, Ward, store_manifest
from web.house import House

CLIP = bytes(range(256)) * 8
SHA256 = hashlib.sha256(CLIP).hexdigest()
HEARTBEAT = Heartbeat(
    boot="5f0c2b9a-0000-4000-8000-000000000001",
    generation=7,
    clips_missing=(SHA256,),
    playing=None,
    disk_free_bytes=9_000_000,
    clock_offset_ms=12,
    clock_ok=True,
    player="silent",
    version="0.1.0",
)


def add_airing(
    house: House, ward: Ward, *, starts_at: datetime = MORNING, generation: int | None = 1
) -> None:
    """Store an airing of the clip, released in `generation` unless that is None."""
    with house.database.writing() as session:
        session.add(
            Airing(
                id=born_airing_id(Kind.DESK, f"{ward.name}{starts_at}{generation}"),
                kind=Kind.DESK,
                level=Level.NORMAL,
                station=ward.name,
                unit_id=ward.unit_id,
                starts_at=starts_at,
                not_after=starts_at,
                duration_ms=2000,
                clip_sha256=SHA256,
                title="Thử",
                state="released",
                rank=1,
                released_generation=generation,
                created_at=MORNING,
                updated_at=MORNING,
            )
        )


@pytest.fixture(autouse=True)
def _clip(house: House) -> None:
    house.library.put(CLIP)


def test_there_is_none_at_first(client: FlaskClient, ha_dinh: Ward) -> None:
    answer = client.get("/api/v1/stations/ha-dinh/manifest", headers=ha_dinh.bearer)
    assert (answer.status_code, answer.json["error"]) == (404, "not_found")  # type: ignore[index]


def test_the_newest_is_given_byte_for_byte(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    envelope = [store_manifest(house, "ha-dinh", n) for n in (6, 7)][-1]
    answer = client.get("/api/v1/stations/ha-dinh/manifest", headers=ha_dinh.bearer)
    assert (answer.data, answer.headers["ETag"]) == (envelope, '"7"')


@pytest.mark.parametrize(("held", "status"), [('"7"', 304), ('W/"7"', 304), ('"6"', 200), ("7", 304)])
def test_who_holds_it_is_not_given_it_again(
    client: FlaskClient, house: House, ha_dinh: Ward, held: str, status: int
) -> None:
    store_manifest(house, "ha-dinh", 7)
    headers = {**ha_dinh.bearer, "If-None-Match": held}
    answer = client.get("/api/v1/stations/ha-dinh/manifest", headers=headers)
    assert (answer.status_code, answer.headers["ETag"]) == (status, '"7"')


def test_no_payload_is_read_for_who_holds_it(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    store_manifest(house, "ha-dinh", 7)
    said: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    client.get("/api/v1/stations/ha-dinh/manifest", headers={**ha_dinh.bearer, "If-None-Match": '"7"'})
    assert [line for line in said if "payload" in line] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/stations/ha-dinh/manifest"),
        ("GET", f"/api/v1/clips/{SHA256}"),
        ("POST", "/api/v1/stations/ha-dinh/as-run"),
        ("POST", "/api/v1/stations/ha-dinh/heartbeat"),
    ],
)
@pytest.mark.parametrize("header", [None, "Bearer sai", "Basic YTpi", "Bearer ", "Bearer ơ"])
def test_without_a_good_one_nothing_opens(
    client: FlaskClient, ha_dinh: Ward, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = client.open(path, method=method, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (401, "sign_in_required")  # type: ignore[index]


@pytest.mark.parametrize(("method", "call"), [("GET", "manifest"), ("POST", "as-run"), ("POST", "heartbeat")])
def test_another_stations_does_not_open(
    client: FlaskClient, ha_dinh: Ward, khuong_dinh: Ward, method: str, call: str
) -> None:
    path = f"/api/v1/stations/{ha_dinh.name}/{call}"
    answer = client.open(path, method=method, headers=khuong_dinh.bearer)
    assert (answer.status_code, answer.json["error"]) == (403, "forbidden")  # type: ignore[index]


def test_a_retired_stations_does_not_open(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    with house.database.writing() as session:
        stations.retire(session, stations.get(session, "ha-dinh"), by="an", now=MORNING)
    answer = client.get("/api/v1/stations/ha-dinh/manifest", headers=ha_dinh.bearer)
    assert answer.status_code == 401


def get_clip(client: FlaskClient, ward: Ward, **headers: str) -> Any:
    """Ask for the clip."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(f"/api/v1/clips/{SHA256}", headers={**ward.bearer, **named}, buffered=True)


def test_one_that_an_airing_names_is_given(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    add_airing(house, ha_dinh)
    answer = get_clip(client, ha_dinh)
    assert (answer.data, answer.headers["ETag"], answer.mimetype) == (CLIP, f'"{SHA256}"', "audio/mpeg")


def test_it_goes_on_where_it_was_cut(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    add_airing(house, ha_dinh)
    answer = get_clip(client, ha_dinh, Range="bytes=2000-")
    assert (answer.status_code, answer.data) == (206, CLIP[2000:])
    assert answer.headers["Content-Range"] == "bytes 2000-2047/2048"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": "bytes=9999-"}, 416),
        ({"If_None_Match": f'"{SHA256}"'}, 304),
        ({"Range": "bytes=2000-", "If_Range": f'"{SHA256}"'}, 206),
        ({"Range": "bytes=2000-", "If_Range": '"khac"'}, 200),
    ],
)
def test_conditions_are_kept(
    client: FlaskClient, house: House, ha_dinh: Ward, headers: dict[str, str], status: int
) -> None:
    add_airing(house, ha_dinh)
    assert get_clip(client, ha_dinh, **headers).status_code == status


@pytest.mark.parametrize(
    "airing",
    [{"generation": None}, {"starts_at": MORNING - timedelta(days=3)}],
    ids=["unreleased", "past"],
)
def test_one_that_no_current_airing_needs_is_not_given(
    client: FlaskClient, house: House, ha_dinh: Ward, airing: dict[str, Any]
) -> None:
    add_airing(house, ha_dinh, **airing)
    assert get_clip(client, ha_dinh).status_code == 404


def test_one_of_another_station_is_not_given(
    client: FlaskClient, house: House, ha_dinh: Ward, khuong_dinh: Ward
) -> None:
    add_airing(house, ha_dinh)
    assert get_clip(client, khuong_dinh).status_code == 404


def test_one_whose_bytes_have_changed_is_not_given(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    add_airing(house, ha_dinh)
    house.library.open_clip(SHA256).write_bytes(CLIP[:-1] + b"?")
    answer = get_clip(client, ha_dinh)
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")


def test_it_is_kept_and_answered_with_time_and_generation(
    client: FlaskClient, house: House, ha_dinh: Ward
) -> None:
    store_manifest(house, "ha-dinh", 8)
    answer = client.post(
        "/api/v1/stations/ha-dinh/heartbeat", json=HEARTBEAT.to_wire(), headers=ha_dinh.bearer
    )
    with house.database.reading() as session:
        station = stations.get(session, "ha-dinh")
    assert answer.json == {"now": format_instant(MORNING), "generation": 8}
    assert (station.generation, station.clips_missing, station.heard_at) == (7, [SHA256], MORNING)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b'{"v":1}', 400),
        (b"[" * 100_000, 400),
        (b'{"generation":1.5}', 400),
        (b" " * ((1 << 19) + 1), 413),
    ],
)
def test_a_wrong_form_is_told(client: FlaskClient, ha_dinh: Ward, body: bytes, status: int) -> None:
    answer = client.post("/api/v1/stations/ha-dinh/heartbeat", data=body, headers=ha_dinh.bearer)
    assert (answer.status_code, set(answer.json or {})) == (status, {"error", "message"})
