"""A real PostgreSQL for the tests: a server of our own on loopback, in a folder that goes with it.

`BOTH` lets a test run once on each database.  Tables are made once; what a test leaves in them is
emptied before the next one gets them.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, literal, select, text, union_all

from content.clock import SystemClock
from content.db import Database
from web.processes.ports import free_port
from web.tables import metadata

BOTH = pytest.mark.both_databases
"""On tests (or modules of tests) with the fixture `database` or `shared`: once on each kind of database."""
KINDS = ("sqlite", "postgresql")
OWNER = "postgres"
"""The server refuses to run as root, and Debian's package makes this user."""
PATIENCE_SECONDS = 60.0
_FIRST_PORT = 25_432
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_ORDINARY = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60")


@dataclass
class Postgres:
    """A server that runs: makes databases and gives their addresses."""

    port: int
    password: str
    _serial: Iterator[int] = field(default_factory=count)
    _clean: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Return the address of a database, for `Database.open` and LOAPHUONG_DATABASE_URL."""
        return f"postgresql+psycopg://{OWNER}:{self.password}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give a database with every table, all empty, for the length of the block."""
        name = self._clean.pop() if self._clean else self._with_tables()
        opened = Database.open(self.url(name))
        yield opened
        _empty(opened)
        opened.dispose()
        self._clean.append(name)

    @contextmanager
    def bare_database(self) -> Iterator[Database]:
        """Give a database without any table for the length of the block."""
        name = self._create()
        opened = Database.open(self.url(name))
        yield opened
        opened.dispose()
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement of administration."""
        with self._connect() as connection:
            connection.execute(statement.encode())

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True)

    def _create(self) -> str:
        name = f"lp_{next(self._serial)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def _with_tables(self) -> str:
        name = self._create()
        made = Database.open(self.url(name))
        metadata.create_all(made.engine)
        made.dispose()
        return name


def _empty(database: Database) -> None:
    """Take every row away, guarded or not, from the tables that have any: truncating all takes far longer."""
    filled = union_all(
        *(select(literal(table.name)).where(select(table).exists()) for table in metadata.sorted_tables)
    )
    with database.writing() as session:
        names = list(session.scalars(filled))
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for name in names:
            session.execute(delete(metadata.tables[name]))


def is_wanted(request: pytest.FixtureRequest) -> bool:
    """Tell whether a fixture is asked for a database on PostgreSQL."""
    return getattr(request, "param", "sqlite") == "postgresql"


def lend(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give a fixture its database on the server of this test process."""
    server: Postgres = request.getfixturevalue("postgres_server")
    with server.database() as made:
        yield made


@contextmanager
def serving(*, durable: bool = False) -> Iterator[Postgres]:
    """Run a server for the length of the block; `durable` waits for the disk as in earnest."""
    folder = Path(tempfile.mkdtemp(prefix="loaphuong-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        server = Postgres(free_port(_FIRST_PORT + os.getpid() % 10_000), secrets.token_hex(16))
        _prepare(folder, server.password)
        with _running(folder, server, durable=durable):
            yield server
    finally:
        shutil.rmtree(folder)


def _prepare(folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password, "ascii")
    if os.geteuid() == 0:
        shutil.chown(secret, OWNER)
    options = ["--username", OWNER, "--pwfile", str(secret), "--auth", "scram-sha-256"]
    speed = ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"]
    command = [*_as_owner(), str(_program("initdb")), "-D", str(folder / "data"), *options, *speed]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


@contextmanager
def _running(folder: Path, server: Postgres, *, durable: bool) -> Iterator[None]:
    settings = [f"port={server.port}", *_ORDINARY, *(() if durable else _QUICK)]
    options = [word for setting in settings for word in ("-c", setting)]
    command = [*_as_owner(), str(_program("postgres")), "-D", str(folder / "data"), *options]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process,
    ):
        try:
            _await(server, process, folder / "log")
            yield
        finally:
            process.send_signal(signal.SIGINT)


def _await(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    clock, never = SystemClock(), threading.Event()
    end = clock.monotonic() + PATIENCE_SECONDS
    while not server.answers():
        if process.poll() is not None or clock.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text('utf-8')}")
        clock.wait(never, 0.05)


def _as_owner() -> list[str]:
    """Return the words before a command that runs it as a user who is not root, and ends it with us."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    who = [f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups"] if os.geteuid() == 0 else []
    return [setpriv, *who, "--pdeathsig", "INT", "--"]


def _program(name: str) -> Path:
    """Return a program of the newest server installed; Debian keeps them off the PATH."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = max(versions, key=lambda path: float(path.parts[4]), default=None) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is missing; install Debian's package postgresql")
    return Path(found)
