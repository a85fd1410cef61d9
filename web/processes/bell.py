"""`loaphuong bell`: tells each station, the moment a new manifest is stored, to come and look.

One small asyncio process.  A thread looks into the database, once for all stations; the loop only
writes.  A bell that is down costs nothing but seconds: stations ask for the manifest by themselves.
"""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from content.clock import Clock
from content.db import Database
from content.errors import ConfigurationError, ForbiddenError, UnavailableError
from scheduler import stations
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from web.house import House
from web.processes.beating import beating
from web.processes.bell_http import HEAD_BYTES, NO_CALLS, Bell, Call, Ring

LOOK_SECONDS = 0.02
LOOKS_TO_ALL = 5000
"""About every two minutes."""
MOST_CALLS = 1000
"""Sealed manifests of a call that go along in one look; with more stations, all are told to fetch theirs."""
KEEP_ALIVE_SECONDS = 15.0
LARGEST_SHARE = 0.1
LONGEST_REST_SECONDS = 0.25
"""Looking takes a tenth of the time; yet after a long look the next ring must not wait for long."""
_DOOR_THREADS = 4
_LOG = structlog.get_logger("bell")
_NEWEST = select(
    Station.name,
    select(func.max(Manifest.generation)).where(Manifest.station == Station.name).scalar_subquery(),
)
_LAST_ROW = text("SELECT max(rowid) FROM manifest")
_SINCE_ROW = text("SELECT rowid, station, generation FROM manifest WHERE rowid > :row ORDER BY rowid")


class Watch:
    """Finds generations that were not there at the last look: {station: generation}.

    Rows are numbered in the order in which they are committed, for whoever releases holds the others off,
    so a look reads new rows only.  Now and then all is read, should anybody have forgotten that.
    """

    def __init__(self) -> None:
        self._row = 0
        self._looks = 0
        self._known: dict[str, int] = {}

    def look(self, session: Session) -> dict[str, int]:
        """Return what is new; at the first look, everything."""
        seen = self._all(session) if self._looks % LOOKS_TO_ALL == 0 else self._since(session)
        self._looks += 1
        found = {name: newest for name, newest in seen.items() if newest > self._known.get(name, 0)}
        self._known.update(found)
        return found

    def _all(self, session: Session) -> dict[str, int]:
        self._row = session.scalar(_LAST_ROW) or 0
        rows = session.execute(_NEWEST)
        return {station: generation for station, generation in rows if generation is not None}

    def _since(self, session: Session) -> dict[str, int]:
        found = {}
        rows = session.connection().execute(_SINCE_ROW, {"row": self._row})
        for row, station, generation in rows:
            self._row, found[station] = row, generation
        return found


class Watcher:
    """The thread that looks: hands what is new to `strike`, and knocks at `keep_alive` now and then."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        strike: Callable[[dict[str, int], Mapping[str, bytes]], None],
        keep_alive: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._strike = strike
        self._keep_alive = keep_alive
        self._watch = Watch()
        self._seen: dict[str, int] = {}
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell-watch", daemon=True)

    def start(self) -> None:
        """Look once, then go on looking in the thread."""
        with self._database.reading() as session:
            self._seen = self._watch.look(session)
        self._strike(self._seen, NO_CALLS)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._halt.set()
        self._thread.join()

    def _run(self) -> None:
        knocked = self._clock.monotonic()
        while not self._halt.is_set():
            began = self._clock.monotonic()
            self._look()
            ended = self._clock.monotonic()
            if ended - knocked >= KEEP_ALIVE_SECONDS:
                knocked = ended
                self._keep_alive()
            rest = min((ended - began) / LARGEST_SHARE, LONGEST_REST_SECONDS)
            self._clock.wait(self._halt, max(LOOK_SECONDS, rest))

    def _look(self) -> None:
        try:
            with self._database.reading() as session:
                found = self._risen(self._watch.look(session))
                calls = calls_of(session, found) if 0 < len(found) <= MOST_CALLS else NO_CALLS
        except SQLAlchemyError:
            _LOG.exception("the database cannot be looked into; trying again")
        else:
            if found:
                self._seen.update(found)
                self._strike(found, calls)

    def _risen(self, found: dict[str, int]) -> dict[str, int]:
        return {name: newest for name, newest in found.items() if newest > self._seen.get(name, 0)}


def calls_of(session: Session, found: Mapping[str, int]) -> dict[str, bytes]:
    """Return station → the sealed manifest of the generation found, of those that carry a call."""
    query = select(Manifest.station, Manifest.generation, Manifest.payload).where(
        Manifest.spliced, Manifest.station.in_(found), Manifest.generation >= min(found.values())
    )
    return {name: payload for name, newest, payload in session.execute(query) if newest == found[name]}


def run(house: House) -> int:
    """Serve until SIGTERM or SIGINT; return the process's exit code."""
    _allow_many_files()
    asyncio.run(_serve(house))
    return 0


async def _serve(house: House) -> None:
    loop, stop, ring = asyncio.get_running_loop(), asyncio.Event(), Ring()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    watcher = Watcher(
        house.database,
        house.clock,
        strike=lambda found, calls: _call(loop, ring.strike, found, calls),
        keep_alive=lambda: _call(loop, ring.keep_alive),
    )
    us = f"bell:{socket.gethostname()}:{house.settings.bell_port}"
    with ThreadPoolExecutor(_DOOR_THREADS, "bell-door") as door, beating(house, us):
        bell = Bell(ring, lambda call: _ask(loop, door, house, call))
        server = await _listening(bell, house)
        watcher.start()
        _LOG.info("bell listening", host=house.settings.host, port=house.settings.bell_port)
        await stop.wait()
        await _end(server, bell, watcher)


async def _listening(bell: Bell, house: House) -> asyncio.Server:
    host, port = house.settings.host, house.settings.bell_port
    try:
        return await asyncio.start_server(bell.answer, host, port, limit=HEAD_BYTES, backlog=1024)
    except OSError as error:
        raise ConfigurationError(
            "Chuông không mở được cổng {host}:{port} ({why}). Dừng chương trình đang giữ cổng, hoặc đặt "
            "LOAPHUONG_BELL_PORT khác.",
            host=host,
            port=port,
            why=error.strerror,
        ) from error


async def _end(server: asyncio.Server, bell: Bell, watcher: Watcher) -> None:
    server.close()
    await asyncio.to_thread(watcher.stop)
    await bell.close()
    await server.wait_closed()
    _LOG.info("bell stopped")


async def _ask(loop: asyncio.AbstractEventLoop, door: ThreadPoolExecutor, house: House, call: Call) -> None:
    await loop.run_in_executor(door, _admit, house.database, call)


def _admit(database: Database, call: Call) -> None:
    """Raise unless the token is that station's."""
    try:
        with database.reading() as session:
            known = stations.authenticate(session, call.token).name
    except SQLAlchemyError as error:
        _LOG.exception("no token can be checked")
        raise UnavailableError("Chưa kiểm tra được thẻ của trạm; hãy gọi lại sau.") from error
    if known != call.station:
        raise ForbiddenError(
            "Thẻ này của trạm {known}, không phải của {station}.", known=known, station=call.station
        )


def _call(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    loop.call_soon_threadsafe(function, *arguments)


def _allow_many_files() -> None:
    """Take as many open connections as the system grants: one a station."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
