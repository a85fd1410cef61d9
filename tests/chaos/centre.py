"""The processes of a centre under one thumb: started, killed, frozen, clock stepped, database locked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from pydantic import SecretStr

from content.clock import FileClock, SystemClock
from content.db import Database
from content.settings import Settings
from scheduler.models.lease import Lease
from tests.postgres import Postgres
from web import migrate
from web.house import House
from web.processes.ports import free_port
from web.processes.scheduler import LEASE

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
_NEVER = threading.Event()
REAL = SystemClock()


class Centre:
    """A migrated data folder, its clock file, and the processes that run in it."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder = folder
        self._clock_file = folder / "clock.json"
        self.offset = timedelta()
        self.step(timedelta())
        self.clock = FileClock(self._clock_file)
        settings = Settings(
            mode="rehearsal", data_dir=folder, database_url=None if url is None else SecretStr(url)
        )
        self.house = House.open(settings, self.clock)
        migrate.upgrade(self.house.database.engine)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}

    @property
    def database(self) -> Database:
        """The database, as the test looks into it."""
        return self.house.database

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start (again) the process called `scheduler-…` or `web-…`."""
        command = "scheduler" if name.startswith("scheduler") else "serve"
        port = self.ports.setdefault(name, free_port(20_000 + os.getpid() % 9_000 + 10 * len(self.ports)))
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [*_bound_to_us(), sys.executable, "-m", "loaphuong", command],
                cwd=ROOT,
                env={**os.environ, **self._environment(port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self.processes[name]

    def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        self.processes[name].kill()
        self.processes[name].wait()

    def freeze(self, name: str) -> None:
        """Stop a process where it stands."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on."""
        self.processes[name].send_signal(signal.SIGCONT)

    def step(self, by: timedelta) -> None:
        """Step the clock of every process."""
        self.offset += by
        written = self._clock_file.with_suffix(".new")
        written.write_text(json.dumps({"offset_ms": self.offset // timedelta(milliseconds=1)}), "ascii")
        written.replace(self._clock_file)

    def lease(self) -> Lease | None:
        """Return who holds the scheduler's lease."""
        with self.database.reading() as session:
            return session.get(Lease, LEASE)

    def leader(self) -> str | None:
        """Return the name of the process that holds the lease, None when that one is none of ours."""
        lease = self.lease()
        pid = int(lease.holder.split(":")[-2]) if lease else 0
        return next((name for name, process in self.processes.items() if process.pid == pid), None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody write into the database (on PostgreSQL: into the airings) meanwhile."""
        url = self.database.engine.url
        if url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(str(url.database), isolation_level=None, timeout=120)
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
            connection.close()
            return
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as other:
            other.execute("LOCK TABLE airing IN ACCESS EXCLUSIVE MODE")
            yield
            other.rollback()

    def until(
        self, seen: Callable[[], object], *, within_s: float = PATIENCE_SECONDS, every_s: float = 0.05
    ) -> float:
        """Wait for the thing itself, in real time; return how many seconds it took."""
        began = REAL.monotonic()
        while not seen():
            if REAL.monotonic() - began > within_s:
                raise TimeoutError(f"not seen within {within_s} s; the logs are in {self.folder}")
            REAL.wait(_NEVER, every_s)
        return REAL.monotonic() - began

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.house.close()

    def _environment(self, port: int) -> dict[str, str]:
        url = self.house.settings.database_url
        given = {} if url is None else {"DATABASE_URL": url.get_secret_value()}
        own = {"MODE": "rehearsal", "DATA_DIR": self.folder, "CLOCK": self._clock_file, "PORT": port}
        return {f"LOAPHUONG_{name}": str(value) for name, value in {**own, **given}.items()}


def _bound_to_us() -> list[str]:
    """Let a process end with us, whatever ends us."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


@contextmanager
def centre_on(kind: str, folder: Path, server: Callable[[], Postgres]) -> Iterator[Centre]:
    """Give a centre on a database of `kind`; `server` is asked for only when that is PostgreSQL."""
    if kind == "sqlite":
        made = Centre(folder, None)
        try:
            yield made
        finally:
            made.close()
        return
    postgres = server()
    with postgres.bare_database() as bare:
        made = Centre(folder, bare.engine.url.render_as_string(hide_password=False))
        try:
            yield made
        finally:
            made.close()
