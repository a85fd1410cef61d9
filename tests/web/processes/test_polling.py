"""The server's loop: idle lines cost nothing, and no line is forgotten."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.web.processes.listening import PATIENCE_S, listening

MEGABYTE = 1_000_000
LARGE, WAITING = 40 * MEGABYTE, 12 * MEGABYTE
UNDER_WAY = threading.Event()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with the body, or with much more than any buffer takes."""
    large = environ["PATH_INFO"] == "/large"
    body = b"" if large else environ["wsgi.input"].read()
    length = LARGE if large else len(body)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(length))])
    return much() if large else [body]


def much() -> Iterator[bytes]:
    """Give LARGE bytes; `UNDER_WAY` is set when more of them wait than the system's own buffers take."""
    for at in range(0, LARGE, MEGABYTE):
        if at >= WAITING:
            UNDER_WAY.set()
        yield bytes(MEGABYTE)


@pytest.fixture
def port() -> Iterator[int]:
    """Serve the app; lines that are idle for two seconds are closed."""
    UNDER_WAY.clear()
    with listening(app, channel_timeout=2, cleanup_interval=1) as port:
        yield port


def call(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


def post(body: bytes, *, close: bool = False) -> bytes:
    last = "Connection: close\r\n" if close else ""
    return f"POST / HTTP/1.1\r\nHost: x\r\n{last}Content-Length: {len(body)}\r\n\r\n".encode() + body


def all_of(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(1 << 16), b""))


def until(line: socket.socket, last: bytes) -> bytes:
    """Read until `last` has come."""
    got = b""
    while last not in got:
        some = line.recv(1 << 16)
        assert some, got
        got += some
    return got


def test_many_at_once_are_answered_each_with_its_own(port: int) -> None:
    def ask(number: int) -> bool:
        with closing(call(port)) as line:
            body = str(number).encode() * 2_000
            line.sendall(post(body, close=True))
            return all_of(line).endswith(b"\r\n\r\n" + body)

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(ask, range(300)))


def test_one_line_asks_again_and_again_and_ahead_of_the_answers(port: int) -> None:
    with closing(call(port)) as line:
        for number in range(20):
            line.sendall(post(b"%d," % number))
        answers = until(line, b"\r\n\r\n19,")
        line.sendall(post(b"last", close=True))
        answers += all_of(line)
    assert answers.count(b"HTTP/1.1 200 OK") == 21
    assert answers.endswith(b"last")


def test_a_body_that_comes_after_its_head(port: int) -> None:
    with closing(call(port)) as line:
        head, _, body = post(b"abc" * 1000, close=True).partition(b"\r\n\r\n")
        line.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert until(line, b"\r\n\r\n").startswith(b"HTTP/1.1 100 Continue")
        for at in range(0, len(body), 700):
            line.sendall(body[at : at + 700])
        assert all_of(line).endswith(b"\r\n\r\n" + body)


def test_more_than_the_line_takes_goes_out_while_one_reads_slowly(port: int) -> None:
    with closing(call(port)) as line:
        line.sendall(b"GET /large HTTP/1.0\r\n\r\n")
        assert UNDER_WAY.wait(PATIENCE_S)
        got = all_of(line)
    assert got.partition(b"\r\n\r\n")[2] == bytes(LARGE)


def test_who_leaves_in_the_middle_holds_nobody_up(port: int) -> None:
    for _ in range(20):
        with closing(call(port)) as line:
            line.sendall(b"GET /large HTTP/1.0\r\n\r\n")
            line.recv(1000)
    with closing(call(port)) as line:
        line.sendall(post(b"still here", close=True))
        assert all_of(line).endswith(b"still here")


def test_idle_lines_are_closed_in_their_time(port: int) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(call(port))) for _ in range(50)]
        began = time.monotonic()
        assert all(line.recv(1) == b"" for line in lines)
    assert time.monotonic() - began < PATIENCE_S
