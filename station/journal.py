"""The station's own memory on disk: what it reported, what began and ended, which commands are done.

Plain SQLite, WAL, synchronous=FULL: what is committed is on the disk before the next step.  As-run
lines are kept with their very bytes; the chain is walked when the journal is opened.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from content.contracts.airings import Kind, Reason, State
from content.contracts.asrun import AsRun, Event, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.contracts.manifest import Item
from content.errors import ContractError, CorruptError

FIRST = "first"
LOST = "journal lost"
BATCH_LINES = 500
KEPT = timedelta(days=90)
_SCHEMA = """
create table if not exists meta (key text primary key, value text not null) without rowid;
create table if not exists chain (
    id text primary key, opened integer not null, last integer not null, head text not null,
    acknowledged integer not null) without rowid;
create table if not exists line (
    chain text not null, sequence integer not null, at text not null, bytes blob not null,
    primary key (chain, sequence)) without rowid;
create table if not exists airing (
    id text primary key, kind text not null, clip text, generation integer, planned_at text not null,
    started_at text, heard_ms integer, ended integer not null, at text not null) without rowid;
create table if not exists command (id text primary key, at text not null) without rowid;
create table if not exists alarm (
    reason text not null, about text not null, primary key (reason, about)) without rowid;
"""


@dataclass(frozen=True)
class Stamp:
    """What stands on every record beside its matter."""

    at: datetime
    boot: str
    uptime_ms: int
    clock_offset_ms: int | None
    clock_ok: bool


@dataclass(frozen=True)
class Opened:
    """An airing that began, or was about to, and has no end in the journal."""

    id: str
    kind: Kind
    clip: str | None
    generation: int | None
    planned_at: str
    started_at: str | None
    heard_ms: int | None


class Journal:
    """One open journal; every method is one transaction and may be called from any thread.

    `taken` names every airing that began or ended; `written` counts the records of this run.
    """

    def __init__(self, path: Path, station: str, stamp: Callable[[], Stamp]) -> None:
        self._station = station
        self._stamp = stamp
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self.written = 0
        try:
            self._prepare()
            self.taken = {str(row[0]) for row in self._db.execute("select id from airing")}
        except BaseException:
            self._db.close()
            raise

    @property
    def chain(self) -> str:
        """The chain that is written now; an empty text before `open_chain`."""
        return self.meta("chain") or ""

    def open_chain(self, reason: str) -> None:
        """Begin a new chain with a `chain` record that says why."""
        with self._transaction():
            chain = str(uuid.uuid4())
            opened = self._db.execute("select count(*) from chain").fetchone()[0] + 1
            self._db.execute("insert into chain values (?, ?, 0, ?, 0)", (chain, opened, ZEROS))
            self.set_meta("chain", chain)
            self.record(Event.CHAIN, reason=reason)

    def record(self, event: Event, **matter: Any) -> AsRun:
        """Append one record to the chain and return it."""
        with self._transaction():
            stamp, chain = self._stamp(), self.chain
            last, head = self._db.execute("select last, head from chain where id = ?", (chain,)).fetchone()
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

    def starting(self, item: Item, *, generation: int, note: str | None = None) -> None:
        """Commit that `item` is about to sound, before its first sample."""
        with self._transaction():
            self.record(Event.STARTING, generation=generation, note=note, **_matter(item))
            planned = format_instant(item.starts_at)
            row = (item.id, item.kind, _clip(item), generation, planned, None, None, 0, planned)
            self._db.execute("insert into airing values (?,?,?,?,?,?,?,?,?)", row)
        self.taken.add(item.id)

    def begun(self, airing: str, started_at: datetime) -> None:
        """Note when the first sample sounded."""
        self._write("update airing set started_at = ? where id = ?", format_instant(started_at), airing)

    def progress(self, airing: str, heard_ms: int) -> None:
        """Note how far an airing has been heard, for the case that the power goes."""
        self._write("update airing set heard_ms = ? where id = ?", heard_ms, airing)

    def finished(self, airing: Opened, outcome: State, reason: Reason | None, **words: str | None) -> None:
        """Commit how an airing that began has ended."""
        with self._transaction():
            self.record(
                Event.FINISHED,
                airing=airing.id,
                kind=airing.kind,
                clip=airing.clip,
                generation=airing.generation,
                planned_at=airing.planned_at,
                started_at=airing.started_at,
                heard_ms=airing.heard_ms,
                outcome=outcome,
                reason=reason,
                **words,
            )
            self._db.execute("update airing set ended = 1 where id = ?", (airing.id,))

    def not_played(
        self, item: Item, outcome: State, reason: Reason, *, generation: int, **words: str | None
    ) -> None:
        """Commit that an airing will not sound."""
        with self._transaction():
            self.record(
                Event.NOT_PLAYED,
                generation=generation,
                outcome=outcome,
                reason=reason,
                **_matter(item),
                **words,
            )
            planned = format_instant(item.starts_at)
            row = (item.id, item.kind, _clip(item), generation, planned, None, None, 1, planned)
            self._db.execute("insert or replace into airing values (?,?,?,?,?,?,?,?,?)", row)
        self.taken.add(item.id)

    def without_end(self) -> list[Opened]:
        """Return the airings that began and have no end."""
        rows = self._read(
            "select id, kind, clip, generation, planned_at, started_at, heard_ms from airing where ended = 0"
        )
        return [Opened(row[0], Kind(row[1]), *row[2:]) for row in rows]

    def command_done(self, command: str, **matter: Any) -> None:
        """Commit that a command was carried out, or refused, once for all."""
        with self._transaction():
            record = self.record(Event.COMMAND, **matter)
            self._db.execute("insert into command values (?, ?)", (command, record.at))

    def commands_done(self) -> set[str]:
        """Return the names of the commands that are done."""
        return {row[0] for row in self._read("select id from command")}

    def alarm(self, reason: str, note: str, *, about: str = "") -> bool:
        """Record an alarm unless the same one, `about` the same thing, stands; tell whether it did."""
        with self._transaction():
            if self._read("select 1 from alarm where reason = ? and about = ?", reason, about):
                return False
            self._db.execute("insert into alarm values (?, ?)", (reason, about))
            self.record(Event.ALARM, reason=reason, note=note)
        return True

    def calm(self, reason: str) -> None:
        """Let an alarm sound again the next time, its cause being gone."""
        if self._read("select 1 from alarm where reason = ?", reason):
            self._write("delete from alarm where reason = ?", reason)

    def meta(self, key: str) -> str | None:
        """Return a kept value."""
        rows = self._read("select value from meta where key = ?", key)
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value."""
        self._write("insert or replace into meta values (?, ?)", key, value)

    @property
    def generation(self) -> int:
        """The last generation accepted, 0 before the first."""
        return int(self.meta("generation") or 0)

    def accepted(self, generation: int) -> None:
        """Commit that a manifest was accepted."""
        with self._transaction():
            self.record(Event.MANIFEST, generation=generation)
            self.set_meta("generation", str(generation))

    def last_instant(self) -> str | None:
        """Return the instant of the newest record."""
        rows = self._read("select max(at) from line")
        return str(rows[0][0]) if rows[0][0] else None

    def unsent(self, limit: int = BATCH_LINES) -> list[bytes]:
        """Return the next lines of the oldest chain that the centre has not acknowledged."""
        rows = self._read(
            "select line.bytes from line join chain on chain.id = line.chain"
            " where line.chain = (select id from chain where acknowledged < last order by opened limit 1)"
            " and line.sequence > chain.acknowledged order by line.sequence limit ?",
            limit,
        )
        return [row[0] for row in rows]

    def acknowledge(self, chain: str, sequence: int) -> None:
        """Take the centre's word that it holds the chain up to `sequence`."""
        self._write("update chain set acknowledged = ? where id = ? and last >= ?", sequence, chain, sequence)

    def can_resend(self, chain: str, sequence: int) -> bool:
        """Tell whether the line is still here."""
        return bool(self._read("select 1 from line where chain = ? and sequence = ?", chain, sequence))

    def last_sequence(self, chain: str) -> int:
        """Return the last sequence written in a chain."""
        return int(self._read("select last from chain where id = ?", chain)[0][0])

    def abandon_chain(self, chain: str, reason: str) -> None:
        """Close a chain that the centre will not take, and go on in a new one."""
        with self._transaction():
            self._db.execute("update chain set acknowledged = last where id = ?", (chain,))
            self.open_chain(reason)

    def forget(self, now: datetime) -> None:
        """Delete what is older than `KEPT`: lines that are acknowledged, airings that ended, commands."""
        before = format_instant(now - KEPT)
        with self._transaction():
            self._db.execute(
                "delete from line where at < ? and sequence <"
                " (select acknowledged from chain where chain.id = line.chain)",
                (before,),
            )
            self._db.execute("delete from airing where ended = 1 and at < ?", (before,))
            self._db.execute("delete from command where at < ?", (before,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _prepare(self) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        verdict = self._db.execute("pragma quick_check").fetchone()[0]
        if verdict != "ok":
            raise CorruptError("Nhật ký trạm bị hỏng: {why}.", why=verdict)
        self._db.executescript(_SCHEMA)
        if self.meta("station") not in {None, self._station}:
            raise CorruptError("Nhật ký là của trạm {station}.", station=self.meta("station"))
        self.set_meta("station", self._station)
        self._walk()

    def _walk(self) -> None:
        """Check that every line joins the one before and the last is its chain's head."""
        heads = dict(self._db.execute("select id, head from chain"))
        before: dict[str, str] = {}
        for chain, line in self._db.execute("select chain, bytes from line order by chain, sequence"):
            if before.get(chain) not in {None, _previous(line)}:
                raise CorruptError("Chuỗi nhật ký của trạm đứt.")
            before[chain] = chain_hash(line)
        if any(heads.get(chain) != head for chain, head in before.items()):
            raise CorruptError("Chuỗi nhật ký của trạm thiếu dòng cuối.")

    def _append(self, record: AsRun) -> None:
        line = record.line()
        row = (record.chain, record.sequence, record.at, line)
        self._db.execute("insert into line values (?, ?, ?, ?)", row)
        self._db.execute(
            "update chain set last = ?, head = ? where id = ?",
            (record.sequence, chain_hash(line), record.chain),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit at the end of the outermost block, or undo everything."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _write(self, statement: str, *values: Any) -> None:
        with self._transaction():
            self._db.execute(statement, values)

    def _read(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def open_journal(path: Path, station: str, stamp: Callable[[], Stamp], *, expected: bool) -> Journal:
    """Open the journal at `path`; a damaged one is kept aside and a new chain tells of it.

    `expected` says that this machine has worked before: a journal that is not there then is a loss.
    """
    reason = LOST if expected and not path.exists() else FIRST
    try:
        journal = Journal(path, station, stamp)
    except sqlite3.OperationalError:
        raise
    except (sqlite3.DatabaseError, CorruptError, ContractError) as error:
        reason = f"journal damaged: {error}"
        _keep_aside(path, stamp().at)
        journal = Journal(path, station, stamp)
    if not journal.chain:
        journal.open_chain(reason)
    if reason != FIRST:
        journal.set_meta("not_before", format_instant(stamp().at))
        journal.alarm("journal_damaged", reason)
    return journal


def _keep_aside(path: Path, at: datetime) -> None:
    mark = format_instant(at).replace(":", "").replace("-", "")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.damaged-{mark}{suffix}"))


def _previous(line: bytes) -> str:
    return AsRun.from_line(line).previous


def _matter(item: Item) -> dict[str, Any]:
    return {
        "airing": item.id,
        "kind": item.kind,
        "clip": _clip(item),
        "planned_at": format_instant(item.starts_at),
    }


def _clip(item: Item) -> str | None:
    return item.clip.sha256 if item.clip else None
