"""10,000 stations come back over ten seconds, each with 20 records it could not report, beside bare ingest.

Run: `nice -n -20 python benchmarks/returning.py [sqlite|postgresql] [--stations N]`.  Every station posts one
sealed batch (a `chain` record, then begun and finished airings in turn) to `loaphuong serve`; one that is
answered 503 comes again after the time that the answer names.  The time runs from the first post to the last
acknowledgement.  Then all batches come a second time, and nothing may change.  The floor, in the same run on
the same kind of database: one process that parses each batch, verifies chain and seal, and writes the lines,
heads and seals in transactions of 200 stations: no HTTP, no airings, no commit a station.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter

from asking import Server, allow_many_files, centre, process, read_answer
from ground import STATIONS, fill, house_on, settle
from sqlalchemy import func, insert, select, text

from content.contracts.airings import Kind, State
from content.contracts.asrun import AsRun, Event, Seal, chain_hash, read_batch
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant, parse_instant
from content.contracts.signing import PrivateKey, PublicKey
from scheduler.models.airing import Airing
from scheduler.models.asrun import AsRunRecord, ChainHead
from scheduler.models.asrun import Seal as SealRow
from web.house import House

RECORDS = 20
SECONDS = 10.0
AT_ONCE = 200
LONGEST_SECONDS = 240.0
_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Returning:
    """A station with its key and what it has to report."""

    name: str
    token: str
    key: str
    batch: bytes

    @property
    def call(self) -> bytes:
        """The whole request."""
        return (
            f"POST /api/v1/stations/{self.name}/as-run HTTP/1.1\r\nHost: loa\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/x-ndjson\r\n"
            f"Content-Length: {len(self.batch)}\r\n\r\n"
        ).encode() + self.batch


@dataclass
class Result:
    """How it went: seconds to the last acknowledgement, and every answer there was."""

    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0


def stations(house: House, count: int) -> list[Returning]:
    """Make the stations' keys and batches, and let the centre know the keys and tokens."""
    start = house.clock.now() - _AFTER * RECORDS
    found = [_station(number, format_instant(start)) for number in range(1, count + 1)]
    rows = [
        {"name": one.name, "key": one.key, "token": hashlib.sha256(one.token.encode()).hexdigest()}
        for one in found
    ]
    with house.database.writing() as session:
        statement = "UPDATE station SET token_sha256 = :token, public_key = :key WHERE name = :name"
        session.execute(text(statement), rows)
    return found


def _station(number: int, at: str) -> Returning:
    key, name = PrivateKey.generate(), f"tram-{number}"
    lines = list(_lines(name, number, at))
    batch = b"\n".join([*lines, Seal.make(lines, key).line()]) + b"\n"
    return Returning(name, f"{number:043d}", key.public.raw.hex(), batch)


def _lines(name: str, number: int, at: str) -> Iterator[bytes]:
    """Give a chain's opening and what was begun and finished; the airings are those that `fill` made."""
    chain, previous = f"0b7e9c1e-8a3f-4e0b-9a51-{number:012d}", ZEROS
    common = {"station": name, "chain": chain, "at": at, "boot": chain, "uptime_ms": 1, "clock_ok": True}
    for sequence in range(1, RECORDS + 1):
        facts = _facts(number, sequence, at)
        line = AsRun(**common, **facts, sequence=sequence, previous=previous, clock_offset_ms=0).line()
        previous = chain_hash(line)
        yield line


def _facts(number: int, sequence: int, at: str) -> dict[str, object]:
    if sequence == 1:
        return {"event": Event.CHAIN}
    row = number - 1 + (sequence // 2 - 1) * STATIONS
    airing = {"airing": f"a{row or STATIONS * RECORDS:031d}", "kind": Kind.BULLETIN, "planned_at": at}
    if sequence % 2 == 0:
        return {"event": Event.STARTING, **airing}
    done = {"started_at": at, "heard_ms": 60_000, "outcome": State.PLAYED}
    return {"event": Event.FINISHED, **airing, **done}


async def come_back(server: Server, returning: list[Returning]) -> Result:
    """Let every station post within ten seconds, and again when it is told to come later."""
    result = Result()
    began = perf_counter()

    async def one(number: int, station: Returning) -> None:
        await asyncio.sleep(number / len(returning) * SECONDS)
        while perf_counter() - began < LONGEST_SECONDS:
            status, wait = await _post(server.port, station.call)
            result.answers[status] += 1
            if status == 200:  # noqa: PLR2004
                return
            await asyncio.sleep(wait)
        result.lost += 1

    await asyncio.gather(*(one(number, station) for number, station in enumerate(returning)))
    result.seconds = perf_counter() - began
    return result


async def _post(port: int, call: bytes) -> tuple[int, float]:
    """Return the status, and the seconds after which to come again; 0 when the line broke."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(call)
            status, headers, _ = await read_answer(reader)
        finally:
            writer.close()
    except (OSError, asyncio.IncompleteReadError):
        return 0, 1.0
    return status, float(headers.get("retry-after", 1))


def bare(house: House, returning: list[Returning]) -> float:
    """Take the same batches in as simply as may be; return the seconds."""
    began = perf_counter()
    for at in range(0, len(returning), AT_ONCE):
        lines, heads, seals = [], [], []
        now = house.clock.now()
        for station in returning[at : at + AT_ONCE]:
            batch = read_batch(station.batch, PublicKey.from_hex(station.key))
            first, last = batch.records[0], batch.records[-1]
            for record, line in zip(batch.records, batch.lines, strict=True):
                lines.append(_row(record, line, now))
            opened = parse_instant(first.at)
            same = {"station": station.name, "chain": first.chain}
            heads.append({**same, "last": last.sequence, "head": batch.seal.head, "opened_at": opened,
                          "reaches": opened})  # fmt: skip
            seals.append({**same, "first": 1, "last": last.sequence, "line": batch.seal.line(),
                          "public_key": station.key, "received_at": now})  # fmt: skip
        with house.database.writing() as session:
            session.execute(insert(AsRunRecord), lines)
            session.execute(insert(ChainHead), heads)
            session.execute(insert(SealRow), seals)
    return perf_counter() - began


def _row(record: AsRun, line: bytes, now: object) -> dict[str, object]:
    return {
        "station": record.station,
        "chain": record.chain,
        "sequence": record.sequence,
        "line": line,
        "sha256": chain_hash(line),
        "event": str(record.event),
        "airing": record.airing,
        "at": parse_instant(record.at),
        "received_at": now,
    }


def counts(house: House) -> tuple[int, int, int]:
    """Return how many lines, seals and played airings there are."""
    played = select(func.count()).select_from(Airing).where(Airing.state == str(State.PLAYED))
    with house.database.reading() as session:
        lines = session.scalar(select(func.count()).select_from(AsRunRecord)) or 0
        seals = session.scalar(select(func.count()).select_from(SealRow)) or 0
        return lines, seals, session.scalar(played) or 0


def compare(kind: str, count: int) -> None:
    """Print the figures on one kind of database."""
    with house_on(kind) as house:
        floor = bare(house, stations(house, count))
    with house_on(kind) as house:
        fill(house, "a", STATIONS * RECORDS // 2, house.clock.now() - _AFTER * RECORDS)
        returning = stations(house, count)
        settle(house)
        with process(["-m", "loaphuong", "serve"], centre(house), first_port=28_300) as ours:
            before = ours.cpu_seconds()
            result = asyncio.run(come_back(ours, returning))
            spent, whole = ours.cpu_seconds() - before, counts(house)
            again = asyncio.run(come_back(ours, returning))
        doubled = counts(house) != whole
    print(f"{kind}: {count} stations, {RECORDS} records each: bare ingest {floor:.1f} s; ", end="")
    print(
        f"all in after {result.seconds:.1f} s ({result.seconds / floor:.2f} x), {spent:.1f} s CPU, ", end=""
    )
    print(f"answers {dict(result.answers)}, lost {result.lost}; lines, seals, played {whole}; ", end="")
    print(
        f"second time {again.seconds:.1f} s, {'SOMETHING DOUBLED' if doubled else 'nothing doubled'}",
        flush=True,
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--stations", type=int, default=STATIONS)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    allow_many_files()
    for kind in given.kinds:
        compare(kind, given.stations)


if __name__ == "__main__":
    main()
