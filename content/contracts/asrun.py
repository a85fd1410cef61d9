"""As-run records: what the station says happened, chained line by line and sealed batch by batch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from enum import StrEnum
from typing import Any

from content.contracts import fields, lpjson
from content.contracts.airings import NAME, Kind, Reason, State
from content.contracts.instants import parse_instant
from content.contracts.signing import PrivateKey, PublicKey, from_base64, to_base64
from content.errors import ContractError

SEAL_TYPE = "application/vnd.loaphuong.seal+json"
VERSION = 1


class Event(StrEnum):
    """What a record tells of."""

    CHAIN = "chain"
    BOOT = "boot"
    MANIFEST = "manifest"
    STARTING = "starting"
    FINISHED = "finished"
    NOT_PLAYED = "not_played"
    COMMAND = "command"
    ALARM = "alarm"


FINISHED_OUTCOMES = (State.PLAYED, State.PARTIAL, State.INTERRUPTED, State.PREEMPTED)
NOT_PLAYED_OUTCOMES = (State.SKIPPED, State.PREEMPTED, State.MISSED, State.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class AsRun:
    """One record, all 22 fields; None where nothing is known.  Instants are 24-character UTC texts."""

    station: str
    chain: str
    sequence: int
    previous: str
    at: str
    boot: str
    uptime_ms: int
    clock_offset_ms: int | None
    clock_ok: bool
    event: Event
    airing: str | None = None
    kind: Kind | None = None
    clip: str | None = None
    generation: int | None = None
    planned_at: str | None = None
    started_at: str | None = None
    heard_ms: int | None = None
    outcome: State | None = None
    reason: Reason | str | None = None
    by: str | None = None
    note: str | None = None
    v: int = VERSION

    def line(self) -> bytes:
        """Return the record's LP-JSON line, without a newline."""
        return lpjson.encode({field.name: getattr(self, field.name) for field in dataclass_fields(self)})

    @classmethod
    def from_line(cls, line: bytes) -> AsRun:
        """Read one line, or raise ContractError."""
        given = fields.exact_keys(lpjson.decode(line), _KEYS, "Nhật ký phát")
        if given["v"] != VERSION:
            raise ContractError("Nhật ký phát theo phiên bản {v}; ở đây hiểu phiên bản 1.", v=given["v"])
        record = cls(**{**given, **_enumerated(given)})
        _check(record, given)
        return record


def chain_hash(line: bytes) -> str:
    """Return the sha256 hex that the next line names as `previous`."""
    return hashlib.sha256(line).hexdigest()


@dataclass(frozen=True)
class Seal:
    """The end of a batch: one signature over first, last and head of the lines before it."""

    station: str
    chain: str
    first: int
    last: int
    head: str
    keyid: str
    sig: str

    def _body(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "event": "seal",
            "station": self.station,
            "chain": self.chain,
            "first": self.first,
            "last": self.last,
            "head": self.head,
            "keyid": self.keyid,
        }

    def line(self) -> bytes:
        """Return the seal's LP-JSON line, without a newline."""
        return lpjson.encode({**self._body(), "sig": self.sig})

    def verify(self, key: PublicKey) -> None:
        """Raise ContractError unless `key` made this seal."""
        if self.keyid != key.keyid:
            raise ContractError("Dấu niêm phong mang khóa {keyid}, trạm giữ khóa khác.", keyid=self.keyid)
        key.verify(SEAL_TYPE, lpjson.encode(self._body()), from_base64(self.sig))

    @classmethod
    def make(cls, lines: list[bytes], key: PrivateKey) -> Seal:
        """Seal consecutive record lines of one chain with the station's key."""
        first, last = AsRun.from_line(lines[0]), AsRun.from_line(lines[-1])
        keyid, head = key.public.keyid, chain_hash(lines[-1])
        bare = cls(first.station, first.chain, first.sequence, last.sequence, head, keyid, "")
        signature = key.sign(SEAL_TYPE, lpjson.encode(bare._body()))
        return cls(
            first.station, first.chain, first.sequence, last.sequence, head, keyid, to_base64(signature)
        )

    @classmethod
    def from_line(cls, line: bytes) -> Seal:
        """Read one line, or raise ContractError."""
        given = fields.exact_keys(lpjson.decode(line), _SEAL_KEYS, "Dấu niêm phong")
        if given["v"] != VERSION or given["event"] != "seal":
            raise ContractError("Dòng cuối của lô không phải dấu niêm phong.")
        return cls(
            station=fields.matching(given, "station", fields.SLUG),
            chain=fields.typed(given, "chain", str),
            first=fields.count(given, "first", least=1),
            last=fields.count(given, "last", least=1),
            head=fields.sha256(given, "head"),
            keyid=fields.typed(given, "keyid", str),
            sig=fields.typed(given, "sig", str),
        )


@dataclass(frozen=True)
class Batch:
    """Records of one chain with their very bytes, and the seal over them."""

    lines: tuple[bytes, ...]
    records: tuple[AsRun, ...]
    seal: Seal

    def encode(self) -> bytes:
        """Return the JSON lines as they are posted."""
        return b"\n".join([*self.lines, self.seal.line()]) + b"\n"


def read_batch(body: bytes, key: PublicKey) -> Batch:
    """Read posted JSON lines, check their chain and seal; raise ContractError at the first that is wrong.

    What is checked: each line's form, one station and chain, sequences without gaps, each `previous`
    the hash of the line before (inside the batch), and the seal's range, head and signature.  Whether
    the batch joins what came before is the receiver's business.
    """
    lines = body.rstrip(b"\n").split(b"\n")
    if len(lines) < 2:  # noqa: PLR2004
        raise ContractError("Lô nhật ký trống.")
    seal = Seal.from_line(lines[-1])
    seal.verify(key)
    batch = Batch(tuple(lines[:-1]), tuple(AsRun.from_line(line) for line in lines[:-1]), seal)
    _check_links(batch)
    return batch


def _check_links(batch: Batch) -> None:
    first, last, seal = batch.records[0], batch.records[-1], batch.seal
    for before, line, record in zip(batch.records, batch.lines, batch.records[1:], strict=False):
        if record.sequence != before.sequence + 1 or record.previous != chain_hash(line):
            raise ContractError("Chuỗi nhật ký đứt tại bản ghi {sequence}.", sequence=record.sequence)
    if any((record.station, record.chain) != (seal.station, seal.chain) for record in batch.records):
        raise ContractError("Lô nhật ký trộn nhiều trạm hoặc nhiều chuỗi.")
    if (first.sequence, last.sequence, chain_hash(batch.lines[-1])) != (seal.first, seal.last, seal.head):
        raise ContractError("Dấu niêm phong không khớp với các bản ghi trong lô.")


def _enumerated(given: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "event": Event(given["event"]),
            "kind": None if given["kind"] is None else Kind(given["kind"]),
            "outcome": None if given["outcome"] is None else State(given["outcome"]),
            "reason": _reason(given["reason"], given["event"]),
        }
    except ValueError as error:
        raise ContractError("Nhật ký phát có giá trị lạ: {why}.", why=str(error)) from error


def _reason(value: object, event: object) -> Reason | str | None:
    """Reasons of plays are of the contract; those of chain, boot and alarm records are free words."""
    if value is None:
        return None
    if event in {Event.FINISHED, Event.NOT_PLAYED}:
        return Reason(value)  # type: ignore[arg-type]
    return str(value)


def _check(record: AsRun, given: dict[str, Any]) -> None:
    fields.matching(given, "station", fields.SLUG)
    fields.count(given, "sequence", least=1)
    fields.sha256(given, "previous")
    fields.typed(given, "chain", str)
    fields.typed(given, "boot", str)
    fields.count(given, "uptime_ms")
    fields.typed(given, "clock_ok", bool)
    fields.optional(given, "clock_offset_ms", int)
    parse_instant(given["at"])
    for name in ("planned_at", "started_at"):
        if given[name] is not None:
            parse_instant(given[name])
    for name in ("generation", "heard_ms"):
        if given[name] is not None:
            fields.count(given, name)
    for name in ("by", "note"):
        fields.optional(given, name, str)
    _check_play(record, given)


def _check_play(record: AsRun, given: dict[str, Any]) -> None:
    """Check that a record of a play names its airing and that its outcome fits its event."""
    if record.event in {Event.STARTING, Event.FINISHED, Event.NOT_PLAYED}:
        fields.matching(given, "airing", NAME)
        fields.typed(given, "kind", str)
    allowed: tuple[State | None, ...] = (None,)
    if record.event is Event.FINISHED:
        allowed = FINISHED_OUTCOMES
    if record.event is Event.NOT_PLAYED:
        allowed = NOT_PLAYED_OUTCOMES
    if record.outcome not in allowed:
        raise ContractError(
            "Bản ghi “{event}” không thể có kết quả “{outcome}”.",
            event=str(record.event),
            outcome=str(record.outcome),
        )
    if given["clip"] is not None:
        fields.sha256(given, "clip")


_KEYS = frozenset(field.name for field in dataclass_fields(AsRun))
_SEAL_KEYS = frozenset({"v", "event", "station", "chain", "first", "last", "head", "keyid", "sig"})
