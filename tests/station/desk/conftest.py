"""A ward whose own page is served on loopback, its main loop in a thread of the test."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from content.clock import SteppedClock, SystemClock
from station.desk.lock import Lock, Pin
from station.desk.server import COOKIE, TOKEN_HEADER, Server
from station.desk.window import Window
from tests.station.fakes import NOON
from tests.station.ward import Ward

PIN = "482913"


@dataclass
class Loop:
    """The main loop's part: answers the window until it is over."""

    ward: Ward
    over: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.is_set():
            self.wake.wait()
            self.wake.clear()
            # The agent's own loop goes on too when its journal cannot be written.
            with contextlib.suppress(sqlite3.Error):
                self.ward.agent.desk.window.serve()


@dataclass
class Visitor:
    """Somebody at the page; `session` and `token` once he has come in."""

    port: int
    session: str = ""
    token: str = ""

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; underscores in the names of headers stand for dashes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        own = {"Origin": f"http://127.0.0.1:{self.port}"} if method == "POST" else {}
        if self.session:
            own["Cookie"] = f"{COOKIE}={self.session}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**own, **given})
        answer: HTTPResponse = connection.getresponse()
        said = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return said

    def enter(self, pin: str = PIN) -> int:
        """Give the PIN; keep the session and the token of the page."""
        status, headers, _ = self.ask("POST", "/vao", f"pin={pin}".encode())
        if status == 303:
            self.session = headers["Set-Cookie"].partition("=")[2].partition(";")[0]
            page = self.ask("GET", "/")[2].decode()
            self.token = page.partition('name="token" content="')[2].partition('"')[0]
        return status

    def act(self, kind: str, **more: Any) -> tuple[int, str]:
        """Ask for something to be done; return status and message."""
        body = json.dumps({"kind": kind, **more}).encode()
        status, _, said = self.ask("POST", "/lenh", body, **{TOKEN_HEADER: self.token})
        return status, json.loads(said)["message"]

    def state(self) -> dict[str, Any]:
        """Return what the page shows."""
        found: dict[str, Any] = json.loads(self.ask("GET", "/trang-thai")[2])
        return found


@pytest.fixture
def lock_clock() -> SteppedClock:
    """Return the clock of the door."""
    return SteppedClock(NOON)


@pytest.fixture
def visitor(ward: Ward, lock_clock: SteppedClock, tmp_path: Path) -> Iterator[Visitor]:
    """Return somebody before the closed door."""
    loop = Loop(ward)
    ward.agent.desk.window = Window(loop.wake, SystemClock())
    working = threading.Thread(target=loop.run, daemon=True)
    working.start()
    pin = Pin.of(PIN)
    server = Server(ward.agent.desk, Lock(lambda: pin, lock_clock), 0, SystemClock())
    server.start()
    assert server.ready.wait(5)
    yield Visitor(server.port)
    server.close()
    server.join(5)
    loop.over.set()
    loop.wake.set()
    working.join(5)


@pytest.fixture
def operator(visitor: Visitor) -> Visitor:
    """Return somebody who has come in."""
    assert visitor.enter() == 303
    return visitor
