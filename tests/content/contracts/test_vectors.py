"""The contract's own vectors: two programs that hold them build alike."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from content.contracts.airings import Kind, order_airing_id
from content.contracts.asrun import AsRun, Batch, Event, Seal, chain_hash, read_batch
from content.contracts.fields import ZEROS
from content.contracts.manifest import PAYLOAD_TYPE, ClipRef, Manifest, Quiet, open_manifest
from content.contracts.signing import PrivateKey, from_base64, to_base64

KEY = PrivateKey(bytes(range(32)))
SINCE = datetime(2026, 11, 22, 22, tzinfo=UTC)
AIRING = "0aab022f9af70439b923fe0cbba9529a"
SEAL = "T6ObLMRYvBsKlO36mkiLHsjUpUQTiCSXbLAFklHwG7ZgIwKrC4VHHibtQk6bOd6dpqGPJ8mAURhF8s4yxyNYBg=="
MANIFEST = Manifest(
    "rehearsal",
    "ha-dinh-1",
    7,
    SINCE,
    SINCE,
    SINCE + timedelta(hours=72),
    "Asia/Ho_Chi_Minh",
    (Quiet("21:00", "06:00"),),
)
FIRST = AsRun(
    station="ha-dinh-1",
    chain="0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10",
    sequence=1,
    previous=ZEROS,
    at="2026-11-22T22:00:00.000Z",
    boot="5f0c2b9a-0000-4000-8000-000000000001",
    uptime_ms=1000,
    clock_offset_ms=12,
    clock_ok=True,
    event=Event.CHAIN,
)
SECOND = AsRun(
    station="ha-dinh-1",
    chain="0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10",
    sequence=2,
    previous="818d4aa99a7b0b8483f33562ae848f416cda25f9cf18f2b5d958bc72d6ec8acb",
    at="2026-11-22T22:59:58.004Z",
    boot="5f0c2b9a-0000-4000-8000-000000000001",
    uptime_ms=3599004,
    clock_offset_ms=12,
    clock_ok=True,
    event=Event.STARTING,
    airing=AIRING,
    kind=Kind.BULLETIN,
    clip="a" * 64,
    generation=7,
    planned_at="2026-11-22T23:00:00.000Z",
)


def test_key_and_its_id() -> None:
    assert KEY.public.raw.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert KEY.public.keyid == "56475aa75463474c"


def test_airing_of_an_order() -> None:
    assert order_airing_id(42, "ha-dinh-1", date(2026, 11, 23), 1) == AIRING


def test_manifest_payload_and_signature() -> None:
    payload = MANIFEST.encode()
    digest = "b6a065bc68fece9fd5a84bd9150b902a8a2ac045b7abfd9113cd69db53d0cac1"
    signature = "LbKeNgaJxfOnsiuTjQx7pOVCOPYvpNgjdcKKzn1L53XvYBpdcVlPrStVeuZZMNUmXaGt5+G5V7qOA9wMZXSLBQ=="
    assert hashlib.sha256(payload).hexdigest() == digest
    assert to_base64(KEY.sign(PAYLOAD_TYPE, payload)) == signature


def test_clips_kept_ready_come_back_and_stand_there_only_when_there_are_some() -> None:
    ready = replace(MANIFEST, standby=(ClipRef("b" * 64, 80_000, "audio/mpeg"),))
    assert Manifest.decode(ready.encode()) == ready
    assert b"standby" not in MANIFEST.encode()


def test_manifest_comes_back_whole() -> None:
    assert open_manifest(MANIFEST.seal(KEY), [KEY.public]) == MANIFEST


def test_chain_of_two_records() -> None:
    assert chain_hash(FIRST.line()) == SECOND.previous
    assert chain_hash(SECOND.line()) == "42ecaa585d17639b43525f054e53072570863e4eebfec9000b3546900267b537"


def test_seal_of_the_batch() -> None:
    seal = Seal.make([FIRST.line(), SECOND.line()], KEY)
    assert seal.sig == SEAL
    assert len(from_base64(seal.sig)) == 64


def test_batch_comes_back_whole() -> None:
    lines = (FIRST.line(), SECOND.line())
    batch = Batch(lines, (FIRST, SECOND), Seal.make(list(lines), KEY))
    assert read_batch(batch.encode(), KEY.public) == batch
