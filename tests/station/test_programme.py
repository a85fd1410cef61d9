"""Which manifests a station obeys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from content.contracts import signing
from content.contracts.manifest import PAYLOAD_TYPE
from content.contracts.signing import PrivateKey
from station.programme import ALARMS, Programme, RefusedError, judge_manifest
from tests.station.fakes import make_item, make_manifest
from tests.station.ward import CENTRE_KEY, make_identity

ENROLMENT = make_identity().enrolment
GOOD = make_manifest(make_item(), generation=7)
OTHER_TYPE = "application/vnd.loaphuong.seal+json"


def signed(payload: bytes, kind: str = PAYLOAD_TYPE) -> bytes:
    return signing.seal_envelope(kind, payload, CENTRE_KEY)


@pytest.mark.parametrize(
    ("envelope", "alarm"),
    [
        (b"", "manifest_signature"),
        (b"{}", "manifest_signature"),
        (GOOD.seal(PrivateKey(bytes(32))), "manifest_signature"),
        (GOOD.seal(CENTRE_KEY)[:-20], "manifest_signature"),
        (GOOD.seal(CENTRE_KEY).replace(b'"payload":"', b'"payload":"A'), "manifest_signature"),
        (signed(GOOD.encode(), OTHER_TYPE), "manifest_signature"),
        (signed(b"{}"), "manifest_form"),
        (signed(b"not json"), "manifest_form"),
        (signed(GOOD.encode().replace(b'"v":1', b'"v":2')), "manifest_form"),
        (replace(GOOD, station="an-duong-2").seal(CENTRE_KEY), "manifest_station"),
        (replace(GOOD, mode="production").seal(CENTRE_KEY), "manifest_mode"),
        (replace(GOOD, generation=6).seal(CENTRE_KEY), "manifest_generation"),
    ],
)
def test_what_is_not_obeyed(envelope: bytes, alarm: str) -> None:
    with pytest.raises(RefusedError) as refused:
        judge_manifest(envelope, ENROLMENT, last=7)
    assert refused.value.alarm == alarm


@pytest.mark.parametrize("last", [0, 6, 7])
def test_what_is_obeyed(last: int) -> None:
    assert judge_manifest(GOOD.seal(CENTRE_KEY), ENROLMENT, last=last) == GOOD


def test_every_refusal_has_an_alarm_that_a_good_manifest_ends() -> None:
    refused = ("signature", "form", "station", "mode", "generation")
    assert set(ALARMS) == {f"manifest_{what}" for what in refused}


def test_what_was_kept_is_judged_again_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    first = Programme(path, ENROLMENT)
    assert first.consider(GOOD.seal(CENTRE_KEY), last=0) == GOOD
    assert not path.exists()
    first.keep()
    kept = Programme(path, ENROLMENT)
    kept.restore(last=7)
    assert kept.generation == 7
    path.write_bytes(path.read_bytes()[:-30])
    damaged = Programme(path, ENROLMENT)
    damaged.restore(last=7)
    assert damaged.generation is None
