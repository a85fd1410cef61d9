"""333 manifest polls a second, as 10,000 stations send them when no bell rings, beside a bare Flask view.

Run: `nice -n -20 python benchmarks/polls.py [sqlite|postgresql] [--seconds N] [--beats]`.  Each poll is
another station's, with its own token, and names the generation it holds: the answer is 304.  The bare view
answers 304 to anybody, under the same server with as many threads; both take turns in one run.  `--beats`
lets the 10,000 stations send their heartbeats, too: another 333 calls a second.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import os
import sys
from statistics import median

from asking import Answers, Server, at_a_pace, centre, process
from flask import Flask, Response, request
from ground import STATIONS, house_on, settle
from sqlalchemy import insert, text

from content.settings import Settings
from scheduler.models.manifest import Manifest
from web.house import House
from web.processes.serve import SWITCH_SECONDS

PER_SECOND = STATIONS / 30
CONNECTIONS = 16
ROUNDS = 5
GENERATION = 7


def bare() -> None:
    """Serve the bare view until told to stop."""
    import waitress  # noqa: PLC0415

    app = Flask("bare")

    @app.get("/api/v1/stations/<station>/manifest")
    def manifest(station: str) -> Response:  # noqa: ARG001
        response = Response(b"{}", content_type="application/json")
        response.set_etag(str(GENERATION))
        response.make_conditional(request)
        return response

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sys.setswitchinterval(SWITCH_SECONDS)
    waitress.serve(
        app, host="127.0.0.1", port=int(os.environ["LOAPHUONG_PORT"]), threads=Settings().threads, ident=None
    )


def enrol(house: House) -> None:
    """Give every station a token and a manifest."""
    hashed = [
        {"name": f"tram-{i}", "token": hashlib.sha256(token(i).encode()).hexdigest()}
        for i in range(1, STATIONS + 1)
    ]
    now = house.clock.now()
    rows = [
        {
            "station": f"tram-{i}",
            "generation": generation,
            "payload": os.urandom(2000),
            "sha256": "0" * 64,
            "issued_at": now,
            "to": now,
        }
        for i in range(1, STATIONS + 1)
        for generation in range(GENERATION - 2, GENERATION + 1)
    ]
    with house.database.writing() as session:
        session.execute(text("UPDATE station SET token_sha256 = :token WHERE name = :name"), hashed)
        session.execute(insert(Manifest), rows)


def token(number: int) -> str:
    """Return a station's bearer token."""
    return f"{number:043d}"


def poll(number: int) -> bytes:
    """Return the whole request of a station that holds the newest generation."""
    return (
        f"GET /api/v1/stations/tram-{number}/manifest HTTP/1.1\r\nHost: loa\r\n"
        f'Authorization: Bearer {token(number)}\r\nIf-None-Match: "{GENERATION}"\r\n\r\n'
    ).encode()


def beat(number: int) -> bytes:
    """Return the whole request of a station's heartbeat."""
    body = json.dumps(
        {
            "v": 1,
            "boot": "5f0c2b9a-0000-4000-8000-000000000001",
            "generation": GENERATION,
            "clips_missing": [],
            "playing": None,
            "disk_free_bytes": 9_000_000_000,
            "clock_offset_ms": 12,
            "clock_ok": True,
            "player": "mpv",
            "version": "0.1.0",
        }
    ).encode()
    head = (
        f"POST /api/v1/stations/tram-{number}/heartbeat HTTP/1.1\r\nHost: loa\r\n"
        f"Authorization: Bearer {token(number)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def calls(round_: int, seconds: float, *, beats: bool) -> list[bytes]:
    """Return what the stations send in one round, each time other stations."""
    count = int(PER_SECOND * seconds)
    numbers = [1 + (round_ * count + i) * 7919 % STATIONS for i in range(count)]
    if not beats:
        return [poll(number) for number in numbers]
    return [call for number in numbers for call in (poll(number), beat(number))]


def measured(server: Server, sent: list[bytes], *, beats: bool) -> tuple[Answers, float]:
    """Send a round; return the answers and the processor's milliseconds a call."""
    before = server.cpu_seconds()
    pace = PER_SECOND * (2 if beats else 1)
    answers = asyncio.run(at_a_pace(server.port, sent, per_second=pace, connections=CONNECTIONS))
    return answers, (server.cpu_seconds() - before) * 1000 / len(sent)


def compare(kind: str, seconds: float, *, beats: bool) -> None:
    """Print the figures on one kind of database."""
    with house_on(kind) as house:
        enrol(house)
        settle(house)
        with (
            process(["-m", "loaphuong", "serve"], centre(house), first_port=28_300) as ours,
            process([__file__, "--bare"], {}, first_port=28_400) as other,
        ):
            for server in (ours, other):
                measured(server, calls(0, 2, beats=False), beats=False)
            rounds = [
                (
                    measured(other, calls(n, seconds, beats=False), beats=False),
                    measured(ours, calls(n, seconds, beats=beats), beats=beats),
                )
                for n in range(ROUNDS)
            ]
    tell(kind, "bare view", [one for one, _ in rounds])
    tell(kind, "with heartbeats" if beats else "polls", [one for _, one in rounds])
    ratios = sorted(mine.at(0.99) / floor.at(0.99) for (floor, _), (mine, _) in rounds)
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    print(f"{kind}: p99 over the bare view's: {median(ratios):.2f} ({spread})", flush=True)


def tell(kind: str, what: str, rounds: list[tuple[Answers, float]]) -> None:
    """Print the medians over the rounds of one server."""
    statuses: dict[int, int] = {}
    for answers, _ in rounds:
        for status, count in answers.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    half, most = (median(answers.at(share) for answers, _ in rounds) for share in (0.5, 0.99))
    cpu = median(spent for _, spent in rounds)
    print(f"{kind}: {what}: p50 {half:.1f} ms, p99 {most:.1f} ms, ", end="")
    print(f"{cpu:.2f} ms CPU a call, {statuses}", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--beats", action="store_true")
    parser.add_argument("--bare", action="store_true", help="only serve the bare view")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    if given.bare:
        bare()
        return
    for kind in given.kinds:
        compare(kind, given.seconds, beats=given.beats)


if __name__ == "__main__":
    main()
