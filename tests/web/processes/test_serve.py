"""The processes as they are started by hand: they answer, they end when told, and tell what is in the way."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from content.errors import ConfigurationError
from content.settings import Settings
from web import migrate
from web.house import House
from web.processes import demo

_SECONDS = 20.0
TAKEN = "đang có chương trình khác dùng; hãy chọn cổng khác (--port).\n"
_ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Place:
    """A migrated data folder and the processes that run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `loaphuong` with arguments."""
        settings = {"MODE": "rehearsal", "DATA_DIR": str(self.folder), "PORT": str(self.port)}
        process = subprocess.Popen(
            [sys.executable, "-m", "loaphuong", *arguments],
            cwd=_ROOT,
            env={**os.environ, **{f"LOAPHUONG_{name}": value for name, value in settings.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def await_line(self, process: subprocess.Popen[str], told: str) -> None:
        """Wait until a process tells that it works."""
        assert process.stdout is not None
        assert any(told in line for line in process.stdout)

    def health(self) -> int:
        """Return the status of `/healthz`."""
        return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=_SECONDS).status_code


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    house = House.open(Settings(mode="rehearsal", data_dir=tmp_path))
    migrate.upgrade(house.database.engine)
    house.close()
    made = Place(tmp_path)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def refusal(process: subprocess.Popen[str]) -> str:
    """Return the one line with which a process ended at once."""
    said, _ = process.communicate(timeout=_SECONDS)
    assert process.returncode == 1, said
    assert said.count("\n") == 1, said
    return said


def test_the_processes_work_together_and_end_when_told(place: Place) -> None:
    web, worker = place.start("serve"), place.start("worker")
    place.await_line(web, "serving")
    assert place.health() == 503
    scheduler = place.start("scheduler")
    place.await_line(scheduler, "at work")
    assert place.health() == 200
    place.await_line(worker, "at work")
    for process in (worker, scheduler, web):
        process.send_signal(signal.SIGTERM)
    assert [process.wait(_SECONDS) for process in (worker, scheduler, web)] == [0, 0, 0]


def test_a_port_that_is_taken_is_told(place: Place) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", place.port))
        other.listen()
        said = refusal(place.start("serve"))
    assert said == f"loaphuong: Cổng {place.port} {TAKEN}"


def test_a_rehearsal_finds_a_taken_port_before_it_makes_anything(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ConfigurationError, match="đang có chương trình khác dùng"):
            demo.run(other.getsockname()[1], tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_a_rehearsal_in_a_folder_that_cannot_be_written_is_told(place: Place) -> None:
    (place.folder / "tep").write_text("một tệp")
    said = refusal(place.start("demo", "--port", str(place.port), "--data", str(place.folder / "tep" / "x")))
    assert "Không ghi được vào thư mục dữ liệu" in said


def test_a_second_rehearsal_in_one_folder_is_told(place: Place) -> None:
    with (place.folder / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = refusal(place.start("demo", "--port", str(place.port), "--data", str(place.folder)))
    assert said == f"loaphuong: Một buổi tập dượt khác đang dùng {place.folder}.\n"


def test_a_rehearsals_children_never_reach_a_loudspeaker(tmp_path: Path) -> None:
    told = demo._environment(free_port(), tmp_path)
    assert (told["LOAPHUONG_MODE"], told["LOAPHUONG_STATION_SINK"]) == ("rehearsal", "wav")
    assert Path(told["LOAPHUONG_STATION_DIR"]).is_relative_to(tmp_path)
    assert told["LOAPHUONG_BELL_PORT"] != told["LOAPHUONG_PORT"]
