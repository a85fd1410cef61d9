"""The program as a process: enrolled, killed, stopped, started twice, and what it loads."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM
from threading import Event

import pytest

from content.clock import SystemClock
from content.contracts.enrolment import EnrolCode
from content.contracts.manifest import Manifest, Quiet
from content.errors import ConfigurationError
from station.cli import LOCK_FILE, _alone_at_loudspeaker
from station.settings import Settings
from tests.station.fakes import SECRET, FakeCentre, fake_centre, make_item, make_manifest, make_tone

RUN = "from station.cli import run; run()"
ENROL = "from station.cli import enrol; enrol()"
TONE = make_tone(6000)


class Machine:
    """A ward's machine: a folder, an environment, and programs started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            **os.environ,
            "LOAPHUONG_STATION_DIR": str(folder),
            "LOAPHUONG_MODE": "rehearsal",
            "LOAPHUONG_DESK_PORT": "off",
            "PYTHONWARNINGS": "error",
        }

    def once(self, code: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(
            command, env={**self.environ, **environ}, capture_output=True, text=True, timeout=20, check=False
        )

    def enrol(self, centre: FakeCentre) -> None:
        """Enrol with `centre`."""
        code = EnrolCode(centre.url, SECRET, centre.key.public.keyid)
        done = self.once(ENROL, str(code))
        assert done.returncode == 0, done.stderr

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Run the station; it is killed at the end if it still runs."""
        command = [sys.executable, "-c", RUN]
        with subprocess.Popen(command, env=self.environ, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine that is not enrolled."""
    return Machine(tmp_path / "ward")


@pytest.fixture
def open_centre() -> Iterator[FakeCentre]:
    """Return a centre that knows no station yet."""
    with fake_centre() as centre:
        yield centre


def soon(*, after: float = 1.0, duration_ms: int = 6000) -> Manifest:
    """Return a manifest with one airing of the tone, `after` seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=after)
    return make_manifest(make_item(1, at=at, data=TONE, duration_ms=duration_ms), at=at)


def wait_until(wanted: Callable[[], bool]) -> None:
    """Wait until `wanted()` holds; fail the test when it does not in time."""
    clock, pause = SystemClock(), Event()
    deadline = clock.monotonic() + 15
    while not wanted():
        assert clock.monotonic() < deadline
        clock.wait(pause, 0.02)


def wait_for_sound(machine: Machine, *, at_least: int) -> Path:
    """Wait until the WAV that is played has grown to `at_least` bytes."""
    clock, pause = SystemClock(), Event()
    deadline = clock.monotonic() + 15
    while clock.monotonic() < deadline:
        for path in (machine.folder / "played").glob("*.wav"):
            if path.stat().st_size >= at_least:
                return path
        clock.wait(pause, 0.02)
    pytest.fail("nothing sounded")


def test_a_machine_that_is_not_enrolled_says_so_in_one_line(machine: Machine) -> None:
    done = machine.once(RUN)
    assert done.returncode == 2
    assert done.stderr.startswith("Máy này chưa ghi danh.")
    assert done.stderr.count("\n") == 1


def test_the_mode_of_the_machine_must_be_the_enrolment_s(machine: Machine, open_centre: FakeCentre) -> None:
    open_centre.mode = "production"
    machine.enrol(open_centre)
    done = machine.once(RUN)
    assert done.returncode == 2
    assert "LOAPHUONG_MODE" in done.stderr


def test_production_asks_for_mpv_where_there_is_none(machine: Machine, open_centre: FakeCentre) -> None:
    open_centre.mode = "production"
    code = EnrolCode(open_centre.url, SECRET, open_centre.key.public.keyid)
    machine.once(ENROL, str(code), LOAPHUONG_MODE="production")
    done = machine.once(RUN, LOAPHUONG_MODE="production", PATH=str(machine.folder))
    assert (done.returncode, "apt-get install mpv" in done.stderr) == (2, True)


def test_a_code_that_is_none_is_refused(machine: Machine) -> None:
    done = machine.once(ENROL, "LP1.whatever")
    assert done.returncode == 2
    assert "Mã ghi danh" in done.stderr


def test_killed_in_the_middle_it_reports_and_never_plays_twice(
    machine: Machine, open_centre: FakeCentre
) -> None:
    machine.enrol(open_centre)
    open_centre.publish(soon(), TONE)
    airing = make_item(1).id
    with machine.running() as process:
        path = wait_for_sound(machine, at_least=100_000)
        process.send_signal(SIGKILL)
        process.wait()
    with wave.open(str(path)) as file:
        cut_at = file.getnframes()
    with machine.running():
        open_centre.wait_for(lambda: ("finished", "interrupted", "power_lost") in open_centre.events(airing))
        open_centre.wait_for(lambda: len(open_centre.heartbeats) >= 2)
    assert [event for event, _, _ in open_centre.events(airing)] == ["starting", "finished"]
    assert [file.name for file in (machine.folder / "played").iterdir()] == [path.name]
    assert 0 < cut_at < 6 * 48_000
    assert open_centre.refused == []


def test_stopped_in_the_middle_it_says_so_and_exits_cleanly(
    machine: Machine, open_centre: FakeCentre
) -> None:
    machine.enrol(open_centre)
    open_centre.publish(soon(), TONE)
    with machine.running() as process:
        wait_for_sound(machine, at_least=50_000)
        process.send_signal(SIGTERM)
        _, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert open_centre.events()[-1] == ("finished", "partial", "stopped")
    assert [path.name for path in machine.folder.glob("journal.db*")] == ["journal.db"]
    assert "INFO station: started ha-dinh-1 generation none rehearsal" in errors
    assert "INFO station: stopped ha-dinh-1" in errors


def test_in_production_it_sounds_through_mpv_and_switches_the_amplifier(
    machine: Machine, open_centre: FakeCentre
) -> None:
    open_centre.mode = "production"
    switched_on = machine.folder / "amplifier is on"
    machine.environ |= {
        "LOAPHUONG_MODE": "production",
        "LOAPHUONG_STATION_AUDIO_DEVICE": "null",
        "LOAPHUONG_AMP_ON": f"touch '{switched_on}'",
        "LOAPHUONG_AMP_OFF": f"rm -f '{switched_on}'",
    }
    machine.enrol(open_centre)
    at = datetime.now(UTC) + timedelta(seconds=1)
    item = make_item(1, at=at, data=TONE, duration_ms=6000)
    never = (Quiet("00:00", "00:00"),)
    open_centre.publish(make_manifest(item, at=at, mode="production", quiet=never), TONE)
    with machine.running() as process:
        open_centre.wait_for(lambda: ("starting", None, None) in open_centre.events(item.id), seconds=20)
        wait_until(switched_on.exists)
        process.send_signal(SIGTERM)
        process.communicate(timeout=20)
    assert open_centre.events(item.id)[-1][0] in {"finished", "not_played"}
    assert not switched_on.exists()


def test_the_bell_brings_a_new_manifest_at_once(machine: Machine, open_centre: FakeCentre) -> None:
    open_centre.bell_url = "/bell"
    machine.enrol(open_centre)
    with machine.running():
        open_centre.wait_for(lambda: open_centre.bells)
        open_centre.wait_for(lambda: open_centre.heartbeats)
        open_centre.publish(soon(after=60), TONE)
        open_centre.ring()
        open_centre.wait_for(lambda: open_centre.heartbeats[-1]["generation"] == 1, seconds=4)


def test_a_second_station_on_the_same_folder_refuses(machine: Machine, open_centre: FakeCentre) -> None:
    machine.enrol(open_centre)
    with machine.running():
        open_centre.wait_for(lambda: open_centre.heartbeats)
        second = machine.once(RUN)
    assert (second.returncode, "đang chạy rồi" in second.stderr) == (2, True)


def test_a_station_that_runs_is_not_enrolled_anew(machine: Machine, open_centre: FakeCentre) -> None:
    machine.enrol(open_centre)
    record = (machine.folder / "station.json").read_bytes()
    code = EnrolCode(open_centre.url, SECRET, open_centre.key.public.keyid)
    with (machine.folder / LOCK_FILE).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = machine.once(ENROL, str(code))
    assert (refused.returncode, "Hãy dừng chương trình trước" in refused.stderr) == (2, True)
    assert (machine.folder / "station.json").read_bytes() == record


def test_what_the_station_keeps_is_its_own(machine: Machine, open_centre: FakeCentre) -> None:
    machine.enrol(open_centre)
    open_centre.publish(soon(after=60), TONE)
    with machine.running():
        open_centre.wait_for(lambda: open_centre.heartbeats and open_centre.heartbeats[-1]["generation"])
        modes = {path.name: path.stat().st_mode & 0o777 for path in machine.folder.rglob("*")}
    assert {"station.key", "station.json", "journal.db", "manifest.json"} <= modes.keys()
    assert {mode for mode in modes.values() if mode & 0o077} == set()


def test_the_service_manager_hears_of_its_life(
    machine: Machine, open_centre: FakeCentre, tmp_path: Path
) -> None:
    machine.enrol(open_centre)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(15)
        machine.environ |= {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000000"}
        with machine.running() as process:
            first = manager.recv(4096).decode()
            process.send_signal(SIGTERM)
            process.communicate(timeout=15)
        last = first
        with suppress(BlockingIOError):
            manager.setblocking(False)
            while True:
                last = manager.recv(4096).decode()
    assert first.split("\n") == ["READY=1", "STATUS=không phát gì", "WATCHDOG=1"]
    assert last == "STOPPING=1"


def test_enrolling_tells_a_pin_once_and_a_new_one_can_be_made(
    machine: Machine, open_centre: FakeCentre
) -> None:
    code = EnrolCode(open_centre.url, SECRET, open_centre.key.public.keyid)
    first = re.search(r"PIN .*: (\d{6}) ", machine.once(ENROL, str(code)).stdout)
    second = re.search(r"PIN .*: (\d{6}) ", machine.once("from station.cli import pin; pin()").stdout)
    assert first
    assert second
    assert (machine.folder / "desk.json").stat().st_mode & 0o777 == 0o600


def test_a_machine_that_is_not_enrolled_has_no_pin(machine: Machine) -> None:
    assert machine.once("from station.cli import pin; pin()").returncode == 2


def test_two_stations_never_talk_through_one_amplifier(tmp_path: Path) -> None:
    one, other = (Settings(tmp_path / name, "mpv", "production") for name in ("one", "other"))
    with _alone_at_loudspeaker(one):
        refused = pytest.raises(ConfigurationError, match="Một trạm khác trên máy này")
        with refused, _alone_at_loudspeaker(other):
            pytest.fail("two at once")
    with _alone_at_loudspeaker(other):
        pass


def test_rehearsals_share_a_machine(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "wav", "rehearsal")
    with _alone_at_loudspeaker(settings), _alone_at_loudspeaker(settings):
        pass


FORBIDDEN = ("flask", "sqlalchemy", "gtts", "pydub", "apscheduler", "scheduler", "web", "content.db")


def test_the_station_loads_nothing_of_the_centre() -> None:
    code = f"import sys, station.cli; print([name for name in {FORBIDDEN!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
