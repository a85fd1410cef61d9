"""An upload that is too large, over real HTTP: refused by its head, and the page arrives."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.web.processes.listening import PATIENCE_S, listening
from tests.web.wards import app_of, make_house
from web.security import largest_bytes

BODY = 100_000_000
HEAD = (
    "POST /office/thu-am HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    f"Content-Length: {BODY}\r\n"
)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serve the app by waitress, as `loaphuong serve` does."""
    house = make_house(tmp_path)
    with listening(app_of(house), max_request_body_size=largest_bytes(house) + 1) as port:
        yield port
    house.close()


def answer_to(port: int, head: str, body: bytes = b"") -> bytes:
    """Send a request's head and a part of its body, then read all of the answer."""
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_S)) as line:
        line.sendall(head.encode() + b"\r\n" + body)
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("body", [b"", b"--x\r\n" + bytes(70_000)], ids=["head alone", "body begun"])
def test_it_is_refused_before_it_is_sent(port: int, body: bytes) -> None:
    answer = answer_to(port, HEAD, body)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "vượt giới hạn 52 MB".encode() in answer


def test_who_asks_first_is_not_told_to_go_on(port: int) -> None:
    assert answer_to(port, f"{HEAD}Expect: 100-continue\r\n").startswith(b"HTTP/1.1 413 ")


def test_who_sends_all_of_it_still_sees_the_page(port: int) -> None:
    answer = requests.post(
        f"http://127.0.0.1:{port}/office/thu-am", files={"sound": ("a.mp3", bytes(BODY))}, timeout=PATIENCE_S
    )
    assert (answer.status_code, "vượt giới hạn 52 MB" in answer.text) == (413, True)


def test_a_body_that_names_no_length_is_refused_too(port: int) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(BODY // 1_000_000):
            yield bytes(1_000_000)

    answer = requests.post(f"http://127.0.0.1:{port}/office/thu-am", data=pieces(), timeout=PATIENCE_S)
    assert answer.status_code == 413


def test_what_is_broken_is_answered_as_ever(port: int) -> None:
    assert answer_to(port, "POST / HTTP/1.1\r\nContent-Length: x\r\n").startswith(b"HTTP/1.1 400 ")
