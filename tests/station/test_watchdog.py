"""What the service manager hears."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.clock import SteppedClock
from station.watchdog import Watchdog
from tests.station.fakes import NOON


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Return a socket as systemd opens it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        yield listening


def heard(manager: socket.socket) -> list[str]:
    found: list[str] = []
    while True:
        try:
            found += manager.recv(4096).decode().split("\n")
        except BlockingIOError:
            return found


def test_ready_is_said_once_and_the_watchdog_is_fed_in_time(manager: socket.socket) -> None:
    clock = SteppedClock(NOON)
    dog = Watchdog(manager.getsockname(), clock, term=30)
    dog.works("chờ")
    dog.works("chờ")
    assert heard(manager) == ["READY=1", "STATUS=chờ", "WATCHDOG=1"]
    clock.advance(10)
    dog.works("đang phát")
    assert heard(manager) == ["STATUS=đang phát", "WATCHDOG=1"]


def test_without_a_term_nothing_is_fed(manager: socket.socket) -> None:
    Watchdog(manager.getsockname(), SteppedClock(NOON)).works("chờ")
    assert heard(manager) == ["READY=1", "STATUS=chờ"]


def test_the_end_is_told(manager: socket.socket) -> None:
    Watchdog(manager.getsockname(), SteppedClock(NOON)).stopping()
    assert heard(manager) == ["STOPPING=1"]


@pytest.mark.parametrize(("more", "fed"), [(0, True), (1, False)])
def test_a_watchdog_of_another_process_is_not_fed(manager: socket.socket, more: int, fed: bool) -> None:
    pid = str(os.getpid() + more)
    environ = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": pid}
    Watchdog.from_environ(SteppedClock(NOON), environ).works("chờ")
    assert ("WATCHDOG=1" in heard(manager)) is fed


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens"])
def test_nobody_to_tell_is_no_trouble(address: str) -> None:
    dog = Watchdog(address, SteppedClock(NOON), term=30)
    dog.works("chờ")
    dog.stopping()
