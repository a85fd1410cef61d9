"""Messages that break the contract are refused, whatever is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from content.contracts import lpjson
from content.contracts.asrun import AsRun, Batch, Seal, read_batch
from content.contracts.enrolment import EnrolCode, Heartbeat
from content.contracts.instants import format_instant, parse_instant, parse_local_time
from content.contracts.ledger import verify_ledger
from content.contracts.manifest import Manifest, open_manifest
from content.contracts.signing import PrivateKey, PublicKey, seal_envelope
from content.errors import ContractError
from tests.content.contracts.test_vectors import FIRST, KEY, MANIFEST, SECOND, SINCE

OTHER = PrivateKey(bytes(range(1, 33)))
LINES = [FIRST.line(), SECOND.line()]


@pytest.mark.parametrize("value", [{"a": 1.5}, [float("nan")], {"é": 1}, {1: 2}])
def test_lpjson_holds_no_floats_and_only_ascii_keys(value: Any) -> None:
    with pytest.raises(TypeError):
        lpjson.encode(value)


@pytest.mark.parametrize("data", [b'{"a":1.0}', b'{"a":1,"a":2}', b"{", b'"\xff"', b"NaN", b"[" * 100_000])
def test_what_is_not_lpjson_is_refused(data: bytes) -> None:
    with pytest.raises(ContractError):
        lpjson.decode(data)


@pytest.mark.parametrize(
    "text", ["2026-11-22T22:00:00Z", "2026-11-22 22:00:00.000Z", "2026-13-01T00:00:00.000Z", 5, None]
)
def test_instants_have_one_form(text: object) -> None:
    with pytest.raises(ContractError):
        parse_instant(text)


def test_instants_come_back() -> None:
    assert parse_instant(format_instant(SINCE)) == SINCE


@pytest.mark.parametrize("text", ["24:00", "6:00", "06:60", "", None])
def test_local_times_have_one_form(text: object) -> None:
    with pytest.raises(ContractError):
        parse_local_time(text)


def test_another_key_is_refused() -> None:
    with pytest.raises(ContractError):
        open_manifest(MANIFEST.seal(OTHER), [KEY.public])


def test_a_changed_payload_is_refused() -> None:
    envelope = json.loads(MANIFEST.seal(KEY))
    envelope["payload"] = json.loads(Manifest.seal(MANIFEST, OTHER))["payload"][:-8] + "AAAAAAA="
    with pytest.raises(ContractError):
        open_manifest(json.dumps(envelope).encode(), [KEY.public])


def test_another_type_is_refused() -> None:
    with pytest.raises(ContractError):
        open_manifest(seal_envelope("application/other", MANIFEST.encode(), KEY), [KEY.public])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("mode", "live"),
        ("station", "Hạ Đình"),
        ("generation", 0),
        ("generation", True),
        ("from", "now"),
        ("time_zone", "Mars/Base"),
        ("items", {}),
        ("quiet", [{"start": "21:00"}]),
    ],
)
def test_a_manifest_with_a_bad_field_is_refused(field: str, value: object) -> None:
    payload = {**json.loads(MANIFEST.encode()), field: value}
    with pytest.raises(ContractError):
        Manifest.decode(lpjson.encode(payload))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", 0),
        ("previous", "z"),
        ("at", "yesterday"),
        ("event", "sung"),
        ("airing", "short"),
        ("outcome", "played"),
        ("kind", None),
        ("uptime_ms", -1),
        ("v", 9),
        ("clip", "xyz"),
    ],
)
def test_a_record_with_a_bad_field_is_refused(field: str, value: object) -> None:
    line = lpjson.encode({**json.loads(SECOND.line()), field: value})
    with pytest.raises(ContractError):
        AsRun.from_line(line)


def test_a_missing_field_is_refused() -> None:
    given = json.loads(FIRST.line())
    del given["note"]
    with pytest.raises(ContractError):
        AsRun.from_line(lpjson.encode(given))


def test_a_batch_with_a_hole_is_refused() -> None:
    seal = Seal.make(LINES, KEY)
    with pytest.raises(ContractError):
        read_batch(Batch((LINES[1],), (SECOND,), seal).encode(), KEY.public)


def test_a_batch_sealed_by_another_is_refused() -> None:
    with pytest.raises(ContractError):
        read_batch(b"\n".join([*LINES, Seal.make(LINES, OTHER).line()]), KEY.public)


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(ContractError):
        read_batch(Seal.make(LINES, KEY).line(), KEY.public)


def test_a_whole_ledger_is_whole() -> None:
    verdict = verify_ledger([*LINES, Seal.make(LINES, KEY).line()], KEY.public)
    assert (verdict.whole, verdict.records, verdict.seals, verdict.unsealed) == (True, 2, 1, 0)


def test_a_changed_ledger_names_its_first_bad_line() -> None:
    changed = LINES[0].replace(b'"uptime_ms":1000', b'"uptime_ms":1001')
    assert verify_ledger([changed, LINES[1]], None).first_bad == 2


def test_a_cut_ledger_names_its_first_bad_line() -> None:
    assert verify_ledger([LINES[1]], None).first_bad == 1


@pytest.mark.parametrize(
    "code", ["", "https://x/#LP2.aaaaaaaaaaaaaaaaaaaa.56475aa75463474c", "ftp://x/#LP1.a.b"]
)
def test_a_mistyped_code_is_refused(code: str) -> None:
    with pytest.raises(ContractError):
        EnrolCode.parse(code)


def test_a_code_comes_back() -> None:
    code = EnrolCode("https://loa.example", "s" * 43, KEY.public.keyid)
    assert EnrolCode.parse(f"  {code}\n") == code


def test_a_heartbeat_comes_back() -> None:
    beat = Heartbeat("b", 7, ("a" * 64,), None, 10, None, True, "wav", "0.1.0")
    assert Heartbeat.from_wire(beat.to_wire()) == beat


@pytest.mark.parametrize("text", ["", "zz", "00"])
def test_a_public_key_is_64_digits(text: str) -> None:
    with pytest.raises(ContractError):
        PublicKey.from_hex(text)


def test_another_key_breaks_the_seal() -> None:
    assert verify_ledger([*LINES, Seal.make(LINES, KEY).line()], OTHER.public).first_bad == 3
