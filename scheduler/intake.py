"""As-run intake: a station's batch is kept line by line, once, and its airings follow.

200 and 409 by the contract: a batch may come again and again; a gap is refused with the number that is
expected; a line under a number already taken by another is a fork, kept apart and alarmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from content.contracts.asrun import AsRun, Batch, Event, chain_hash, read_batch
from content.contracts.fields import ZEROS
from content.contracts.instants import parse_instant
from content.contracts.signing import PublicKey
from content.db import lock_chain
from content.errors import ConflictError, ContractError
from content.text import msgid
from scheduler.alarms import clear, open_alarms, raise_alarm
from scheduler.hearsay import follow_all
from scheduler.models.asrun import AsRunRecord, ChainHead, Fork, Seal
from scheduler.models.station import Station

_INSERT = insert(AsRunRecord.__table__)  # type: ignore[arg-type]


class GapError(ConflictError):
    """Lines are missing before this batch; `expected` is the sequence to go on from."""

    code = "gap"

    def __init__(self, chain: str, expected: int) -> None:
        template = msgid("Nhật ký thiếu dòng; hãy gửi lại từ bản ghi {expected}.")
        super().__init__(template, chain=chain, expected=expected)
        self.chain = chain
        self.expected = expected


@dataclass(frozen=True)
class Answer:
    """What the station is told: `acknowledged` is the last sequence kept of the chain.

    `forked`: answered 409, yet what was kept apart must be committed, so nothing is raised.
    """

    chain: str
    acknowledged: int
    forked: bool = False

    @property
    def status(self) -> int:
        """The HTTP status."""
        return 409 if self.forked else 200

    def to_wire(self) -> dict[str, str | int]:
        """Return the JSON object of the answer."""
        if self.forked:
            return {"chain": self.chain, "alarm": "fork"}
        return {"chain": self.chain, "acknowledged": self.acknowledged}


@dataclass(frozen=True)
class _Line:
    record: AsRun
    line: bytes
    sha256: str


def take_in(session: Session, station: Station, body: bytes, now: datetime) -> Answer:
    """Keep a posted batch; ContractError when it is no batch of this station, GapError on a gap."""
    batch = _read(station, body)
    chain = batch.seal.chain
    lock_chain(session, f"as_run|{station.name}|{chain}")
    head = session.get(ChainHead, (station.name, chain), with_for_update=True, populate_existing=True)
    last = head.last if head else 0
    lines = [
        _Line(record, line, chain_hash(line)) for record, line in zip(batch.records, batch.lines, strict=True)
    ]
    if lines[0].record.sequence > last + 1:
        raise GapError(chain, last + 1)
    if head is None and lines[0].record.event is not Event.CHAIN:
        raise ContractError("Chuỗi nhật ký mới phải mở đầu bằng bản ghi “chain”.")
    forked = _fork_from(session, station, lines, head)
    if forked:
        _keep_apart(session, station, forked, now)
        return Answer(chain, last, forked=True)
    fresh = [line for line in lines if line.record.sequence > last]
    _append(session, station, fresh, now)
    if fresh or not _has_seal(session, batch):
        _keep_seal(session, station, batch, now)
    return Answer(chain, max(last, batch.seal.last))


def _read(station: Station, body: bytes) -> Batch:
    if station.public_key is None:
        raise ContractError("Trạm {name} chưa ghi danh khóa.", name=station.name)
    batch = read_batch(body, PublicKey.from_hex(station.public_key))
    if batch.seal.station != station.name:
        raise ContractError("Nhật ký là của trạm {other}.", other=batch.seal.station)
    return batch


def _fork_from(session: Session, station: Station, lines: list[_Line], head: ChainHead | None) -> list[_Line]:
    """Return the lines from the first on that does not agree with what is kept; none when all agree."""
    last, kept = (head.last, _hashes(session, station, lines)) if head else (0, {})
    for place, line in enumerate(lines):
        sequence = line.record.sequence
        if sequence <= last and kept.get(sequence) != line.sha256:
            return lines[place:]
        if sequence == last + 1 and line.record.previous != (head.head if head else ZEROS):
            return lines[place:]
    return []


def _hashes(session: Session, station: Station, lines: list[_Line]) -> dict[int, str]:
    query = select(AsRunRecord.sequence, AsRunRecord.sha256).where(
        AsRunRecord.station == station.name,
        AsRunRecord.chain == lines[0].record.chain,
        AsRunRecord.sequence.between(lines[0].record.sequence, lines[-1].record.sequence),
    )
    return {sequence: sha256 for sequence, sha256 in session.execute(query)}  # noqa: C416 (typed rows)


def _keep_apart(session: Session, station: Station, lines: list[_Line], now: datetime) -> None:
    first = lines[0].record
    known = select(Fork.sha256).where(Fork.station == station.name, Fork.chain == first.chain)
    seen = set(session.scalars(known))
    for line in lines:
        if line.sha256 not in seen:
            session.add(
                Fork(
                    station=station.name,
                    chain=first.chain,
                    sequence=line.record.sequence,
                    sha256=line.sha256,
                    line=line.line,
                    received_at=now,
                )
            )
    session.flush()
    raise_alarm(session, "fork", station=station.name, detail=f"{first.chain} {first.sequence}", now=now)


def report_gap(session: Session, station: Station, gap: GapError, now: datetime) -> None:
    """Raise the alarm that lines of a chain are missing; it closes when they have come."""
    raise_alarm(session, "gap", station=station.name, detail=f"{gap.chain} {gap.expected}", now=now)


def _close_gaps(session: Session, station: Station, first: AsRun, now: datetime) -> None:
    for alarm in open_alarms(session, station=station.name):
        if (alarm.kind, alarm.detail) == ("gap", f"{first.chain} {first.sequence}"):
            clear(session, alarm.id, now=now)


def _append(session: Session, station: Station, lines: Sequence[_Line], now: datetime) -> None:
    if not lines:
        return
    if lines[0].record.sequence > 1:
        _close_gaps(session, station, lines[0].record, now)
    session.connection().execute(_INSERT, [_row(line, now) for line in lines])
    _advance(session, station, lines)
    follow_all(session, station, [line.record for line in lines], now)


def _row(line: _Line, now: datetime) -> dict[str, object]:
    record = line.record
    return {
        "station": record.station,
        "chain": record.chain,
        "sequence": record.sequence,
        "line": line.line,
        "sha256": line.sha256,
        "event": str(record.event),
        "airing": record.airing,
        "at": parse_instant(record.at),
        "received_at": now,
    }


def _advance(session: Session, station: Station, lines: Sequence[_Line]) -> None:
    """Move the chain's head; only records made by a trusted clock say how far it reaches."""
    first, last = lines[0].record, lines[-1]
    trusted = [parse_instant(line.record.at) for line in lines if line.record.clock_ok]
    head = session.get(ChainHead, (station.name, first.chain))
    if head is None:
        opened = parse_instant(first.at)
        head = ChainHead(station=station.name, chain=first.chain, opened_at=opened, reaches=opened)
        session.add(head)
    head.last, head.head = last.record.sequence, last.sha256
    head.reaches = max([head.reaches, *trusted])
    session.flush()


def _has_seal(session: Session, batch: Batch) -> bool:
    seal = batch.seal
    same = (Seal.station == seal.station, Seal.chain == seal.chain, Seal.last == seal.last)
    return session.scalar(select(Seal.id).where(*same)) is not None


def _keep_seal(session: Session, station: Station, batch: Batch, now: datetime) -> None:
    seal = batch.seal
    session.add(
        Seal(
            station=station.name,
            chain=seal.chain,
            first=seal.first,
            last=seal.last,
            line=seal.line(),
            public_key=station.public_key or "",
            received_at=now,
        )
    )
    session.flush()
