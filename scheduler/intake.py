"""As-run intake: a station's batch is kept line by line, once, and its airings follow.

200 and 409 by the contract: a batch may come again and again; a gap is refused with the number that is
expected; a line under a number already taken by another is a fork, kept apart and alarmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from content.contracts.asrun import AsRun, Batch, Event, read_batch
from content.contracts.fields import ZEROS
from content.contracts.instants import parse_instant
from content.contracts.signing import PublicKey
from content.db import lock_chains
from content.errors import ConflictError, ContractError
from content.text import msgid
from scheduler.alarms import clear, raise_alarm
from scheduler.hearsay import Heard, follow_all
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import AsRunRecord, Fork, Seal
from scheduler.models.station import Station

MOST_AT_ONCE = 32
"""Batches kept by one set of statements: a statement names only so many airings."""
_LINES, _SEALS, _HEADS = (AsRunRecord.metadata.tables[name] for name in ("as_run", "seal", "chain_head"))
_MOVE = (
    update(_HEADS)
    .where(_HEADS.c.station == bindparam("b_station"), _HEADS.c.chain == bindparam("b_chain"))
    .values(last=bindparam("b_last"), head=bindparam("b_head"), reaches=bindparam("b_reaches"))
)


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
class Posted:
    """What a station posted."""

    station: Station
    body: bytes


Told = Answer | GapError | ContractError


@dataclass(frozen=True)
class _Line:
    record: AsRun
    line: bytes
    sha256: str
    at: datetime


@dataclass(frozen=True)
class _Sent:
    """A batch that holds together; `place` is where its answer belongs."""

    place: int
    station: Station
    batch: Batch
    lines: list[_Line]

    @property
    def chain(self) -> tuple[str, str]:
        """The key of its chain's head."""
        return self.station.name, self.batch.seal.chain

    @property
    def first(self) -> AsRun:
        return self.lines[0].record


@dataclass(frozen=True)
class _Fresh:
    """What is new in a batch, and the head that it is joined to."""

    sent: _Sent
    lines: list[_Line]
    head: Row[Any] | None


def take_in(session: Session, station: Station, body: bytes, now: datetime) -> Answer:
    """Keep a posted batch; ContractError when it is no batch of this station, GapError on a gap."""
    told = take_in_all(session, [Posted(station, body)], now)[0]
    if isinstance(told, Answer):
        return told
    raise told


def take_in_all(session: Session, posted: Sequence[Posted], now: datetime) -> list[Told]:
    """Keep many posted batches by a few statements; each is answered, or refused, for itself."""
    told: dict[int, Told] = {}
    sent: list[_Sent] = []
    for place, one in enumerate(posted):
        try:
            sent.append(_sent(place, one))
        except ContractError as error:
            told[place] = error
    for some in _rounds(sent):
        told.update(_take(session, some, now))
    return [told[place] for place in range(len(posted))]


def _sent(place: int, posted: Posted) -> _Sent:
    batch = _read(posted.station, posted.body)
    # Each line names the hash of the one before, and the seal that of the last: that was checked.
    hashes = [*(record.previous for record in batch.records[1:]), batch.seal.head]
    whole = zip(batch.records, batch.lines, hashes, strict=True)
    lines = [_Line(record, line, sha256, parse_instant(record.at)) for record, line, sha256 in whole]
    return _Sent(place, posted.station, batch, lines)


def _rounds(sent: Sequence[_Sent]) -> Iterator[list[_Sent]]:
    """Give what can be kept side by side: a station's second batch waits for its first."""
    waiting = list(sent)
    while waiting:
        first: dict[str, _Sent] = {}
        for one in waiting:
            first.setdefault(one.station.name, one)
        some = list(first.values())[:MOST_AT_ONCE]
        yield some
        taken = {one.place for one in some}
        waiting = [one for one in waiting if one.place not in taken]


def _take(session: Session, sent: Sequence[_Sent], now: datetime) -> dict[int, Told]:
    """Keep batches of different stations; return what each is told."""
    lock_chains(session, [f"as_run|{station}|{chain}" for station, chain in (one.chain for one in sent)])
    heads = _heads(session, sent)
    told: dict[int, Told] = {}
    fresh: list[_Fresh] = []
    for one in sent:
        head = heads.get(one.chain)
        last = head.last if head else 0
        try:
            _check_joins(one, last)
        except (GapError, ContractError) as error:
            told[one.place] = error
            continue
        if forked := _fork_from(session, one, head):
            _keep_apart(session, one.station, forked, now)
            told[one.place] = Answer(one.batch.seal.chain, last, forked=True)
        else:
            fresh.append(_Fresh(one, [line for line in one.lines if line.record.sequence > last], head))
            told[one.place] = Answer(one.batch.seal.chain, max(last, one.batch.seal.last))
    _append(session, [one for one in fresh if one.lines], now)
    _keep_seals(session, fresh, now)
    return told


def _heads(session: Session, sent: Sequence[_Sent]) -> dict[tuple[str, str], Row[Any]]:
    """Return the chains' heads, held until the transaction ends."""
    stations, chains = zip(*(one.chain for one in sent), strict=True)
    query = (
        select(_HEADS)
        .where(_HEADS.c.station.in_(stations), _HEADS.c.chain.in_(chains))
        .order_by(_HEADS.c.station, _HEADS.c.chain)
        .with_for_update()
    )
    return {(head.station, head.chain): head for head in session.connection().execute(query)}


def _check_joins(sent: _Sent, last: int) -> None:
    if sent.first.sequence > last + 1:
        raise GapError(sent.batch.seal.chain, last + 1)
    if last == 0 and sent.first.event is not Event.CHAIN:
        raise ContractError("Chuỗi nhật ký mới phải mở đầu bằng bản ghi “chain”.")


def _read(station: Station, body: bytes) -> Batch:
    if station.public_key is None:
        raise ContractError("Trạm {name} chưa ghi danh khóa.", name=station.name)
    batch = read_batch(body, PublicKey.from_hex(station.public_key))
    if batch.seal.station != station.name:
        raise ContractError("Nhật ký là của trạm {other}.", other=batch.seal.station)
    return batch


def _fork_from(session: Session, sent: _Sent, head: Row[Any] | None) -> list[_Line]:
    """Return the lines from the first on that does not agree with what is kept; none when all agree."""
    last = head.last if head else 0
    kept = _hashes(session, sent) if sent.first.sequence <= last else {}
    for place, line in enumerate(sent.lines):
        sequence = line.record.sequence
        if sequence <= last and kept.get(sequence) != line.sha256:
            return sent.lines[place:]
        if sequence == last + 1 and line.record.previous != (head.head if head else ZEROS):
            return sent.lines[place:]
    return []


def _hashes(session: Session, sent: _Sent) -> dict[int, str]:
    station, chain = sent.chain
    query = select(AsRunRecord.sequence, AsRunRecord.sha256).where(
        AsRunRecord.station == station,
        AsRunRecord.chain == chain,
        AsRunRecord.sequence.between(sent.first.sequence, sent.lines[-1].record.sequence),
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


def _close_gaps(session: Session, fresh: Sequence[_Fresh], now: datetime) -> None:
    """Close the alarm of every gap that is filled now."""
    filled = {f"{one.lines[0].record.chain} {one.lines[0].record.sequence}": one.sent.station.name
              for one in fresh if one.lines[0].record.sequence > 1}  # fmt: skip
    if not filled:
        return
    query = select(Alarm).where(
        Alarm.kind == "gap",
        Alarm.cleared_at.is_(None),
        Alarm.station.in_(filled.values()),
        Alarm.detail.in_(filled),
    )
    for alarm in session.scalars(query).all():
        if filled[alarm.detail] == alarm.station:
            clear(session, alarm.id, now=now)


def _append(session: Session, fresh: Sequence[_Fresh], now: datetime) -> None:
    if not fresh:
        return
    _close_gaps(session, fresh, now)
    connection = session.connection()
    connection.execute(_LINES.insert(), [_row(line, now) for one in fresh for line in one.lines])
    heads = [(one.head is None, _head(one)) for one in fresh]
    if opened := [head for new, head in heads if new]:
        connection.execute(_HEADS.insert(), opened)
    if moved := [{f"b_{name}": value for name, value in head.items()} for new, head in heads if not new]:
        connection.execute(_MOVE, moved)
    follow_all(session, [Heard(one.sent.station, [line.record for line in one.lines]) for one in fresh], now)


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
        "at": line.at,
        "received_at": now,
    }


def _head(fresh: _Fresh) -> dict[str, object]:
    """Return the chain's head as it stands now; only records of a trusted clock say how far it reaches."""
    first, last = fresh.lines[0].record, fresh.lines[-1]
    opened = fresh.head.opened_at if fresh.head else fresh.lines[0].at
    before = fresh.head.reaches if fresh.head else opened
    trusted = [line.at for line in fresh.lines if line.record.clock_ok]
    return {
        "station": first.station,
        "chain": first.chain,
        "last": last.record.sequence,
        "head": last.sha256,
        "opened_at": opened,
        "reaches": max([before, *trusted]),
    }


def _keep_seals(session: Session, fresh: Sequence[_Fresh], now: datetime) -> None:
    """Keep the seal of every batch that brought something, or was sealed otherwise before."""
    rows = [_seal(one.sent, now) for one in fresh if one.lines or not _has_seal(session, one.sent.batch)]
    if rows:
        session.connection().execute(_SEALS.insert(), rows)


def _has_seal(session: Session, batch: Batch) -> bool:
    seal = batch.seal
    same = (Seal.station == seal.station, Seal.chain == seal.chain, Seal.last == seal.last)
    return session.scalar(select(Seal.id).where(*same)) is not None


def _seal(sent: _Sent, now: datetime) -> dict[str, object]:
    seal = sent.batch.seal
    return {
        "station": seal.station,
        "chain": seal.chain,
        "first": seal.first,
        "last": seal.last,
        "line": seal.line(),
        "public_key": sent.station.public_key or "",
        "received_at": now,
    }
