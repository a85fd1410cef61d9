"""The station's SQLite file: WAL, synchronous=FULL, one connection, nested transactions commit once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from content.errors import CorruptError

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
    started_at text, heard_ms integer, ended integer not null) without rowid;
create table if not exists told (
    id text primary key, title text not null, programme text, level text not null,
    duration_ms integer not null, outcome text, reason text) without rowid;
create table if not exists command (id text primary key, at text not null) without rowid;
create table if not exists alarm (
    reason text not null, about text not null, primary key (reason, about)) without rowid;
"""


class Database:
    """One connection that any thread may use; raises CorruptError or sqlite3.DatabaseError when damaged."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the outermost block, or undo everything."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def write(self, statement: str, *values: Any) -> None:
        """Execute one statement, in a transaction of its own unless one is open."""
        with self.transaction():
            self._db.execute(statement, values)

    def read(self, query: str, *values: Any) -> list[Any]:
        """Return the rows of a query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

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
