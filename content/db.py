"""The database: one declarative base, the UTC column type, engines and transactions.

SQLite (WAL) by default, PostgreSQL by URL, the same code.  A `Database` hands out sessions: `reading()`
for looking, `writing()` for one transaction that commits at its end.  On SQLite a writer begins
IMMEDIATE, because a deferred transaction that reads first and writes later fails at once when
another one wrote in between.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    literal,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 30
BIG = BigInteger().with_variant(Integer(), "sqlite")
"""An integer key that counts on: SQLite counts only in plain INTEGER columns."""
PROCESS = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
"""What this process is called in the database: by its lease, and by its connections to PostgreSQL."""

_POSTGRESQL = {
    "application_name": PROCESS,
    "idle_in_transaction_session_timeout": "120s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""A process that was stopped, or a machine that is gone, must not keep its locks for hours."""

_NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(name)) FROM unnest(CAST(:names AS text[])) AS name")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite keeps it without a zone, so the zone is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; hand the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class database_time(FunctionElement[datetime]):  # noqa: N801 (SQLAlchemy names its functions so)
    """SQL for the database's own clock, so many seconds from now: the same for all who share it.

    Unlike SQL's own `now()` it goes on within a transaction, so waiting for a lock counts.
    """

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(literal(float(seconds)))


class Base(DeclarativeBase):
    """Every table of the centre, whichever package owns it."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 (SQLAlchemy's own form)


class Database:
    """An engine and its two kinds of session."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write_engine = engine.execution_options(loaphuong_write=True)
        alone = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {}
        self._look_engine = engine.execution_options(**alone)

    @classmethod
    def open(cls, url: str | URL) -> Database:
        """Return a database at `url`; nothing is connected to yet."""
        return cls(_make_engine(make_url(url)))

    def session(self, *, write: bool) -> Session:
        """Return a session that its caller closes; `write` begins IMMEDIATE on SQLite."""
        return Session(self._write_engine if write else self.engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session whose changes are not kept."""
        with self.session(write=False) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Give a connection for one statement that reads: no session, and where it may be no transaction."""
        with self._look_engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back on an error."""
        with self.session(write=True) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def lock_chain(session: Session, name: str) -> None:
    """Serialise the writers of one chain until the transaction ends (SQLite's are serial already)."""
    lock_chains(session, [name])


def lock_chains(session: Session, names: Iterable[str]) -> None:
    """Do the same for many chains, always in the same order, so that no two wait for each other."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"names": sorted(set(names))})


@compiles(database_time, "sqlite")
def _sqlite_time(element: database_time, compiler: SQLCompiler, **more: Any) -> str:
    seconds = compiler.process(element.clauses, **more)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(database_time, "postgresql")
def _postgresql_time(element: database_time, compiler: SQLCompiler, **more: Any) -> str:
    seconds = compiler.process(element.clauses, **more)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    memory = url.database in {None, "", ":memory:"}
    more: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}, **more)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Take the transactions into our own hands, and make what is acknowledged durable."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS}000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in _POSTGRESQL.items():
        cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    cursor.close()
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("loaphuong_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
