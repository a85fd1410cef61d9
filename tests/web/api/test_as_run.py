"""As-run batches over HTTP: real records, sealed with the station's key, into the real intake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from content.contracts.asrun import AsRun, Batch, Event, Seal, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.contracts.signing import PrivateKey
from scheduler.alarms import open_alarms
from scheduler.models.asrun import AsRunRecord
from tests.web.wards import MORNING, Ward
from web.api.station_api import LARGEST_BATCH_BYTES
from web.house import House

CHAIN = "0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10"
FIRST = AsRun(
    station="ha-dinh",
    chain=CHAIN,
    sequence=1,
    previous=ZEROS,
    at=format_instant(MORNING),
    boot="5f0c2b9a-0000-4000-8000-000000000001",
    uptime_ms=1000,
    clock_offset_ms=12,
    clock_ok=True,
    event=Event.CHAIN,
)


def lines_of(count: int, *, note: str | None = None) -> list[bytes]:
    """Return `count` linked lines: the chain's first, then boots; `note` tells one history from another."""
    lines = [FIRST.line()]
    for n in range(2, count + 1):
        at = format_instant(MORNING + timedelta(seconds=n))
        previous = chain_hash(lines[-1])
        record = replace(FIRST, sequence=n, previous=previous, at=at, event=Event.BOOT, note=note)
        lines.append(record.line())
    return lines


def sealed(lines: list[bytes], key: PrivateKey) -> bytes:
    """Return the posted bytes of a batch."""
    records = tuple(AsRun.from_line(line) for line in lines)
    return Batch(tuple(lines), records, Seal.make(lines, key)).encode()


def post(client: FlaskClient, ward: Ward, body: bytes) -> Any:
    """Post a body as the station does."""
    return client.post("/api/v1/stations/ha-dinh/as-run", data=body, headers=ward.bearer)


def kept(house: House) -> int:
    """Return how many lines the centre holds."""
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(AsRunRecord)) or 0


def test_a_batch_is_kept_and_acknowledged(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    answer = post(client, ha_dinh, sealed(lines_of(3), ha_dinh.key))
    assert (answer.status_code, answer.json) == (200, {"chain": CHAIN, "acknowledged": 3})
    assert kept(house) == 3


def test_the_same_batch_again_is_answered_the_same(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    body = sealed(lines_of(3), ha_dinh.key)
    answers = [post(client, ha_dinh, body) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert kept(house) == 3


def test_a_gap_is_told_with_what_is_expected(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    post(client, ha_dinh, sealed(lines_of(2), ha_dinh.key))
    answer = post(client, ha_dinh, sealed(lines_of(5)[3:], ha_dinh.key))
    assert (answer.status_code, answer.json["error"], answer.json["expected"]) == (409, "gap", 3)
    assert kept(house) == 2


def test_a_gap_is_alarmed_until_it_is_filled(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    lines, kinds = lines_of(5), list[list[str]]()
    for batch in (lines[:2], lines[3:], lines[3:], lines[2:]):
        post(client, ha_dinh, sealed(batch, ha_dinh.key))
        with house.database.reading() as session:
            kinds.append([alarm.kind for alarm in open_alarms(session)])
    assert kinds == [[], ["gap"], ["gap"], []]


def test_a_fork_is_told_and_its_alarm_stays(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    post(client, ha_dinh, sealed(lines_of(3), ha_dinh.key))
    answer = post(client, ha_dinh, sealed(lines_of(3, note="bản sao"), ha_dinh.key))
    assert (answer.status_code, answer.json["error"], answer.json["chain"]) == (409, "fork", CHAIN)
    with house.database.reading() as session:
        assert [alarm.kind for alarm in open_alarms(session, station="ha-dinh")] == ["fork"]


def test_a_seal_of_another_key_is_refused(client: FlaskClient, house: House, ha_dinh: Ward) -> None:
    answer = post(client, ha_dinh, sealed(lines_of(3), PrivateKey.generate()))
    assert (answer.status_code, answer.json["error"], kept(house)) == (400, "contract", 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\n\n\n", 400),
        (b"{}\n{}\n", 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe\n\xff", 400),
        (b"x" * (LARGEST_BATCH_BYTES + 1), 413),
    ],
    ids=["empty", "blank", "objects", "deep", "not text", "huge"],
)
def test_what_is_no_batch_is_refused(
    client: FlaskClient, house: House, ha_dinh: Ward, body: bytes, status: int
) -> None:
    answer = post(client, ha_dinh, body)
    assert (answer.status_code, set(answer.json), kept(house)) == (status, {"error", "message"}, 0)
