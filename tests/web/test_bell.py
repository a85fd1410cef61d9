"""The bell: as a real process with real clients, and its parts that need none."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
import requests

from content.clock import SystemClock
from content.db import Database
from scheduler import stations
from scheduler.models.manifest import Manifest
from tests.postgres import BOTH
from tests.web.wards import MORNING, Ward, make_house, make_unit, make_ward, store_manifest
from web.house import House
from web.processes.bell import Watch
from web.processes.bell_http import HEAD_BYTES, RefusalError, read_call

_SECONDS = 10.0
_PROGRAM = (
    "from web.house import House; from web.processes.bell import run; raise SystemExit(run(House.open()))"
)
_ROOT = Path(__file__).parents[2]


class Place:
    """A bell at work: its house, its two wards, its address and process."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.house = make_house(folder, clock=SystemClock(), bell_port=self.port, on_disk=True)
        self.ha_dinh = make_ward(self.house, "Hạ Đình")
        self.khuong_dinh = make_ward(self.house, "Khương Đình")
        store_manifest(self.house, "ha-dinh", 3)
        self.process = self._start(folder)

    def _start(self, folder: Path) -> subprocess.Popen[str]:
        settings = {"MODE": "rehearsal", "DATA_DIR": str(folder), "BELL_PORT": str(self.port)}
        environ = {**os.environ, **{f"LOAPHUONG_{name}": value for name, value in settings.items()}}
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _PROGRAM],
            cwd=_ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if "bell listening" in line:
                return process
        raise AssertionError("the bell did not start")

    def call(self, station: str, headers: dict[str, str]) -> requests.Response:
        """Open a stream."""
        url = f"http://127.0.0.1:{self.port}/bell/{station}"
        return requests.get(url, headers=headers, stream=True, timeout=_SECONDS)

    def listen(self, ward: Ward) -> Generator[int, None, None]:
        """Yield the generations that the ward is told."""
        with self.call(ward.name, ward.bearer) as answer:
            for line in answer.iter_lines(chunk_size=1):
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])["generation"]

    def say(self, words: bytes) -> bytes:
        """Send bytes and return all that comes back."""
        with closing(socket.create_connection(("127.0.0.1", self.port), _SECONDS)) as line:
            line.sendall(words)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def stop(self, how: signal.Signals) -> int:
        """Ask the process to end and return its exit code."""
        self.process.send_signal(how)
        _, _ = self.process.communicate(timeout=_SECONDS)
        return self.process.returncode


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    found = Place(tmp_path_factory.mktemp("bell"))
    yield found
    if found.process.poll() is None:
        found.stop(signal.SIGKILL)
    found.house.close()


def test_a_station_is_told_at_once_and_whenever_a_newer_manifest_is_stored(place: Place) -> None:
    with closing(place.listen(place.ha_dinh)) as told:
        first = next(told)
        store_manifest(place.house, "ha-dinh", first + 1)
        assert (first >= 3, next(told)) == (True, first + 1)


def test_a_ring_for_one_station_is_not_heard_by_another(place: Place) -> None:
    with closing(place.listen(place.khuong_dinh)) as told:
        before = next(told)
        store_manifest(place.house, "ha-dinh", 40)
        store_manifest(place.house, "khuong-dinh", before + 1)
        assert next(told) == before + 1


def test_two_listeners_of_one_station_are_both_told(place: Place) -> None:
    with closing(place.listen(place.ha_dinh)) as one, closing(place.listen(place.ha_dinh)) as two:
        next(one), next(two)
        store_manifest(place.house, "ha-dinh", 50)
        assert (next(one), next(two)) == (50, 50)


def test_a_token_nobody_gave_out_is_refused(place: Place) -> None:
    answer = place.call("ha-dinh", {"Authorization": "Bearer khong-phai"})
    assert (answer.status_code, answer.json()["error"]) == (401, "sign_in_required")


def test_another_stations_token_is_refused(place: Place) -> None:
    answer = place.call("ha-dinh", place.khuong_dinh.bearer)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"GET /bell/ha-dinh HTTP/1.1\r\nX: " + b"x" * HEAD_BYTES + b"\r\n\r\n", 431),
        (b"GET /bell/ha-dinh HTTP/1.1\r\nHost: x", 400),
        (b"\x16\x03\x01\x00\xa5\r\n\r\n", 400),
        (b"POST /bell/ha-dinh HTTP/1.1\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\n\r\n", 404),
        (b"GET /bell/../etc/passwd HTTP/1.1\r\n\r\n", 404),
    ],
)
def test_a_bad_call_is_told_why(place: Place, words: bytes, status: int) -> None:
    assert place.say(words).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_with_streams_open(tmp_path: Path, how: signal.Signals) -> None:
    place = Place(tmp_path)
    with closing(place.listen(place.ha_dinh)) as told:
        next(told)
        assert place.stop(how) == 0
    place.house.close()


def test_a_taken_port_is_told_in_words(place: Place, tmp_path: Path) -> None:
    environ = {**os.environ, "LOAPHUONG_DATA_DIR": str(tmp_path), "LOAPHUONG_BELL_PORT": str(place.port)}
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=_ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, f"127.0.0.1:{place.port}" in ended.stderr) == (1, True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = make_house(tmp_path)
    yield found
    found.close()


def test_the_watch_finds_everything_first_and_then_only_what_is_new(house: House) -> None:
    make_ward(house, "Hạ Đình")
    store_manifest(house, "ha-dinh", 1)
    watch, looks = Watch(), []
    for generation in (2, 3):
        with house.database.reading() as session:
            looks.append(watch.look(session))
        store_manifest(house, "ha-dinh", generation)
    with house.database.reading() as session:
        looks += [watch.look(session), watch.look(session)]
    assert looks == [{"ha-dinh": 1}, {"ha-dinh": 2}, {"ha-dinh": 3}, {}]


@BOTH
def test_the_watch_on_each_database(database: Database) -> None:
    """What is issued earlier and committed later is found, too, and nothing is found twice."""
    watch, looks, at = Watch(), [], MORNING
    with database.writing() as session:
        unit = make_unit(session, "ha-dinh", "Hạ Đình")
        stations.create_station(session, unit.id, title="Hạ Đình", now=at)
    for generation, seconds in ((1, 0), (2, 60), (3, 55), (4, 61)):
        with database.writing() as session:
            issued_at = at + timedelta(seconds=seconds)
            row = Manifest(station="ha-dinh", generation=generation, issued_at=issued_at, to=at)
            row.payload, row.sha256 = b"{}", "0" * 64
            session.add(row)
        with database.reading() as session:
            looks += [watch.look(session), watch.look(session)]
    assert looks == [{"ha-dinh": 1}, {}, {"ha-dinh": 2}, {}, {"ha-dinh": 3}, {}, {"ha-dinh": 4}, {}]


def test_a_call_without_a_token_is_refused() -> None:
    with pytest.raises(RefusalError) as refused:
        read_call(b"GET /bell/ha-dinh HTTP/1.1\r\nHost: x\r\n\r\n")
    assert refused.value.status is HTTPStatus.UNAUTHORIZED


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
