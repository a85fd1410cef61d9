"""The chained as-run lines, with their very bytes, and how far the centre holds them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from content.contracts.asrun import AsRun, Event, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.errors import CorruptError
from station.database import Database

BATCH_LINES = 500


@dataclass(frozen=True)
class Stamp:
    """What stands on every record beside its matter."""

    at: datetime
    boot: str
    uptime_ms: int
    clock_offset_ms: int | None
    clock_ok: bool


class Chain:
    """The lines of one station; `written` counts the records of this run.

    `public_key` (64 hex digits) stands in every record that opens a chain, so that a ledger
    can be checked alone.
    """

    def __init__(
        self, database: Database, station: str, stamp: Callable[[], Stamp], *, public_key: str
    ) -> None:
        self._db = database
        self._station = station
        self._stamp = stamp
        self._public_key = public_key
        self.written = 0
        self._walk()

    @property
    def name(self) -> str:
        """The chain that is written now; an empty text before the first is opened."""
        rows = self._db.read("select id from chain order by opened desc limit 1")
        return str(rows[0][0]) if rows else ""

    def open(self, reason: str) -> None:
        """Begin a new chain with a `chain` record that says why and names the key."""
        with self._db.transaction():
            opened = self._db.read("select coalesce(max(opened), 0) + 1 from chain")[0][0]
            self._db.write("insert into chain values (?, ?, 0, ?, 0)", str(uuid.uuid4()), opened, ZEROS)
            self.record(Event.CHAIN, reason=reason, note=self._public_key)

    def record(self, event: Event, **matter: Any) -> AsRun:
        """Append one record and return it."""
        with self._db.transaction():
            stamp, chain = self._stamp(), self.name
            last, head = self._db.read("select last, head from chain where id = ?", chain)[0]
            record = AsRun(
                station=self._station,
                chain=chain,
                sequence=last + 1,
                previous=head,
                at=format_instant(stamp.at),
                boot=stamp.boot,
                uptime_ms=stamp.uptime_ms,
                clock_offset_ms=stamp.clock_offset_ms,
                clock_ok=stamp.clock_ok,
                event=event,
                **matter,
            )
            self._append(record)
        self.written += 1
        return record

    def unsent(self, limit: int = BATCH_LINES) -> list[bytes]:
        """Return the next lines, of the oldest chain that the centre does not hold whole."""
        rows = self._db.read(
            "select line.bytes from line join chain on chain.id = line.chain"
            " where line.chain = (select id from chain where acknowledged < last order by opened limit 1)"
            " and line.sequence > chain.acknowledged order by line.sequence limit ?",
            limit,
        )
        return [row[0] for row in rows]

    def waiting(self) -> int:
        """Return how many records the centre does not hold yet."""
        return int(self._db.read("select coalesce(sum(last - acknowledged), 0) from chain")[0][0])

    def acknowledge(self, chain: str, sequence: int) -> None:
        """Take the centre's word that it holds the chain up to `sequence`."""
        self._db.write(
            "update chain set acknowledged = ? where id = ? and last >= ?", sequence, chain, sequence
        )

    def has(self, chain: str, sequence: int) -> bool:
        """Tell whether the line is still here."""
        return bool(self._db.read("select 1 from line where chain = ? and sequence = ?", chain, sequence))

    def last_sequence(self, chain: str) -> int:
        """Return the last sequence written in a chain."""
        return int(self._db.read("select last from chain where id = ?", chain)[0][0])

    def abandon(self, chain: str, reason: str) -> None:
        """Send no more of a chain that the centre will not take, and go on in a new one."""
        with self._db.transaction():
            self._db.write("update chain set acknowledged = last where id = ?", chain)
            if chain == self.name:
                self.open(reason)

    def trusted_until(self) -> str | None:
        """Return the instant of the newest record if the clock was right then."""
        rows = self._db.read(
            "select bytes from line where chain = ? order by sequence desc limit 1", self.name
        )
        newest = AsRun.from_line(rows[0][0]) if rows else None
        return newest.at if newest and newest.clock_ok else None

    def forget(self, before: str) -> None:
        """Delete the lines older than the instant `before` that the centre holds."""
        self._db.write(
            "delete from line where at < ? and sequence <"
            " (select acknowledged from chain where chain.id = line.chain)",
            before,
        )

    def _append(self, record: AsRun) -> None:
        line = record.line()
        self._db.write("insert into line values (?, ?, ?, ?)", record.chain, record.sequence, record.at, line)
        self._db.write(
            "update chain set last = ?, head = ? where id = ?",
            record.sequence,
            chain_hash(line),
            record.chain,
        )

    def _walk(self) -> None:
        """Check that every line joins the one before and the last is its chain's head."""
        heads = dict(self._db.read("select id, head from chain"))
        before: dict[str, str] = {}
        for chain, line in self._db.read("select chain, bytes from line order by chain, sequence"):
            if before.get(chain) not in {None, AsRun.from_line(line).previous}:
                raise CorruptError("Chuỗi nhật ký của trạm đứt.")
            before[chain] = chain_hash(line)
        if any(heads.get(chain) != head for chain, head in before.items()):
            raise CorruptError("Chuỗi nhật ký của trạm thiếu dòng cuối.")
