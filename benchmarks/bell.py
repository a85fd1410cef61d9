"""10,000 stations listen at the bell, and every one is rung at once, beside a bare asyncio ring of that size.

Run: `nice -n -20 python benchmarks/bell.py [sqlite|postgresql] [--listeners N] [--rings N]`.  Both servers
are processes of their own with all listeners connected at the same time, and rung in turns.  The bare ring
writes one event to every stream when told to; its time runs from telling it.  Ours is `loaphuong bell`, which
has let every listener in by its token and watches the database: its time runs from the moment at which the
commit of the new manifests begins, so the commit and the watching count.  The listeners only wait and read.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
import multiprocessing
import os
import select
import socket
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter

from asking import allow_many_files, centre, process
from ground import STATIONS, house_on, settle
from sqlalchemy import insert, text

from scheduler.models.manifest import Manifest
from web.house import House

PATIENCE_SECONDS = 20.0
AT_ONCE = 200
RING = b"GET /ring HTTP/1.1\r\n\r\n"
_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def bare() -> None:
    """Serve the bare ring until told to stop."""
    writers: set[asyncio.StreamWriter] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        if head == RING:
            for one in list(writers):
                one.write(b'data: {"generation": 1}\n\n')
            writer.close()
            return
        writers.add(writer)
        writer.write(_STREAM + b'data: {"generation": 0}\n\n')
        try:
            await reader.read(1)
        finally:
            writers.discard(writer)
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(
            answer, "127.0.0.1", int(os.environ["LOAPHUONG_PORT"]), backlog=1024
        )
        async with server:
            await server.serve_forever()

    allow_many_files()
    asyncio.run(serve())


class Crowd:
    """Listeners at one server, in a process of their own: no process may open 20,000 connections."""

    def __init__(self, port: int, calls: list[bytes]) -> None:
        fork = multiprocessing.get_context("fork")
        self._pipe, theirs = fork.Pipe()
        self._process = fork.Process(target=_listen, args=(port, calls, theirs), daemon=True)
        self._process.start()
        self._pipe.recv()

    def rung(self, ring: Callable[[], float]) -> list[float]:
        """Ring; return the milliseconds after which each listener had heard it, sorted."""
        self._pipe.send("listen")
        began = ring()
        heard: list[float] = self._pipe.recv()
        return sorted((moment - began) * 1000 for moment in heard)

    def close(self) -> None:
        """Hang up."""
        self._process.terminate()
        self._process.join()


def _listen(port: int, calls: list[bytes], pipe: Connection) -> None:
    """Connect, a few at a time; then, when told, wait until all have heard, and tell when each did."""
    poll, sockets = select.epoll(), dict[int, socket.socket]()
    for at_ in range(0, len(calls), AT_ONCE):
        some = calls[at_ : at_ + AT_ONCE]
        for one in some:
            line = socket.create_connection(("127.0.0.1", port))
            line.sendall(one)
            line.setblocking(False)
            sockets[line.fileno()] = line
            poll.register(line, select.EPOLLIN)
        _hear(poll, sockets, len(some))
    pipe.send("connected")
    while True:
        pipe.recv()
        pipe.send(_hear(poll, sockets, len(sockets)))


def _hear(poll: select.epoll, sockets: dict[int, socket.socket], count: int) -> list[float]:
    heard: dict[int, float] = {}
    while len(heard) < count:
        events = poll.poll(PATIENCE_SECONDS, 1024)
        if not events:
            raise RuntimeError(f"{count - len(heard)} of {count} listeners heard nothing")
        for number, _ in events:
            told = sockets[number].recv(4096)
            if not told:
                raise RuntimeError("the server hung up")
            if b"data:" in told:  # and not only a sign that the line lives
                heard[number] = perf_counter()
    return list(heard.values())


def enrol(house: House, count: int) -> None:
    """Give the stations tokens and a first manifest."""
    hashed = [
        {"name": f"tram-{i}", "token": hashlib.sha256(token(i).encode()).hexdigest()}
        for i in range(1, count + 1)
    ]
    with house.database.writing() as session:
        session.execute(text("UPDATE station SET token_sha256 = :token WHERE name = :name"), hashed)
    store(house, count, 1)


def store(house: House, count: int, generation: int) -> float:
    """Sign, as it were, a new generation for every station; return when its commit began.

    SQLite's copying of its log into its file, which begins within a commit, is put off: the rows are seen
    by others before it, and it is no part of a ring.
    """
    rows = [row(i, generation, house.clock.now()) for i in range(1, count + 1)]
    with house.database.session(write=True) as session:
        if house.database.engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA wal_autocheckpoint = 0"))
        session.execute(insert(Manifest), rows)
        began = perf_counter()
        session.commit()
        return began


def row(number: int, generation: int, now: datetime) -> dict[str, object]:
    """Return a row of the table of manifests."""
    return {
        "station": f"tram-{number}",
        "generation": generation,
        "payload": b"x" * 100,
        "sha256": "0" * 64,
        "issued_at": now,
        "to": now,
    }


def token(number: int) -> str:
    """Return a station's bearer token."""
    return f"{number:043d}"


def call(number: int) -> bytes:
    """Return the whole request of a listener."""
    return (
        f"GET /bell/tram-{number} HTTP/1.1\r\nHost: loa\r\nAuthorization: Bearer {token(number)}\r\n\r\n"
    ).encode()


def ring_bare(port: int) -> float:
    """Tell the bare ring to ring; return when it was told."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(RING)
        return perf_counter()


def memory_mb(pid: int) -> int:
    """Return the megabytes a process holds."""
    words = Path(f"/proc/{pid}/status").read_text("ascii").split()
    return int(words[words.index("VmRSS:") + 1]) // 1024


def compare(kind: str, listeners: int, rings: int) -> None:
    """Print the figures on one kind of database."""
    with house_on(kind) as house:
        enrol(house, listeners)
        settle(house)
        environ = centre(house)
        with (
            process([__file__, "--bare"], {}, first_port=28_700) as other,
            process(["-m", "loaphuong", "bell"], environ, first_port=28_600, port_name="BELL_PORT") as ours,
        ):
            calls = [call(i) for i in range(1, listeners + 1)]
            crowds = Crowd(other.port, calls), Crowd(ours.port, calls)
            cpu = ours.cpu_seconds()
            found = []
            for generation in range(2, rings + 2):
                floor = crowds[0].rung(lambda: ring_bare(other.port))
                mine = crowds[1].rung(lambda: store(house, listeners, generation))  # noqa: B023
                found.append((at(floor, 0.99), at(mine, 0.99), at(floor, 0.5), at(mine, 0.5)))
            spent = (ours.cpu_seconds() - cpu) / rings
            tell(kind, found, f"{spent:.2f} s CPU a ring, {memory_mb(ours.pid)} MB")
            for crowd in crowds:
                crowd.close()


def at(heard: list[float], share: float) -> float:
    """Return the time within which so large a share had heard it."""
    return heard[min(len(heard) - 1, int(len(heard) * share))]


def tell(kind: str, found: list[tuple[float, float, float, float]], more: str) -> None:
    """Print medians over the rings, and the ratio's median and spread."""
    floor, mine, floor_half, mine_half = (median(one[i] for one in found) for i in range(4))
    ratios = sorted(one[1] / one[0] for one in found)
    print(f"{kind}: bare ring p50 {floor_half:.0f} ms, p99 {floor:.0f} ms; ", end="")
    print(f"bell p50 {mine_half:.0f} ms, p99 {mine:.0f} ms, {more}; ", end="")
    print(f"p99 ratio {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--listeners", type=int, default=STATIONS)
    parser.add_argument("--rings", type=int, default=9)
    parser.add_argument("--bare", action="store_true", help="only serve the bare ring")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    allow_many_files()
    if given.bare:
        bare()
        return
    for kind in given.kinds:
        compare(kind, given.listeners, given.rings)


if __name__ == "__main__":
    main()
