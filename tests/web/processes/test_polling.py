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
import waitress

from web.processes.polling import wait_by_epoll

PATIENCE_S = 30.0
LARGE = 40_000_000


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with the body, or with much more than any buffer takes."""
    large = environ["PATH_INFO"] == "/large"
    body = b"" if large else environ["wsgi.input"].read()
    length = LARGE if large else len(body)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(length))])
    return (bytes(1_000_000) for _ in range(LARGE // 1_000_000)) if large else [body]


@pytest.fixture
def port() -> Iterator[int]:
    """Serve the app; lines that are idle for two seconds are closed."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(
        app, map=sockets, host="127.0.0.1", port=0, channel_timeout=2, cleanup_interval=1
    )
    wait_by_epoll(server)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.trigger.pull_trigger(server.close)
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), f"still open: {sockets}"
    server.task_dispatcher.shutdown()


def call(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


def post(body: bytes, *, close: bool = False) -> bytes:
    last = "Connection: close\r\n" if close else ""
    return f"POST / HTTP/1.1\r\nHost: x\r\n{last}Content-Length: {len(body)}\r\n\r\n".encode() + body


def all_of(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(1 << 16), b""))


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
        time.sleep(0.2)
        line.sendall(post(b"last", close=True))
        answers = all_of(line)
    assert answers.count(b"HTTP/1.1 200 OK") == 21
    assert answers.endswith(b"last")


def test_a_body_that_comes_in_pieces(port: int) -> None:
    with closing(call(port)) as line:
        whole = post(b"abc" * 1000, close=True)
        for at in range(0, len(whole), 700):
            line.sendall(whole[at : at + 700])
            time.sleep(0.01)
        assert all_of(line).endswith(b"abc" * 1000)


def test_more_than_the_line_takes_goes_out_while_one_reads_slowly(port: int) -> None:
    with closing(call(port)) as line:
        line.sendall(b"GET /large HTTP/1.0\r\n\r\n")
        time.sleep(1.0)
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
