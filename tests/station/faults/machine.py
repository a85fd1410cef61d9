"""A ward's machine: a folder, an environment, a clock file, and station processes that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from content.clock import SystemClock
from content.contracts import lpjson
from station.files import write_private
from station.identity import KEY_FILE, RECORD_FILE, Enrolment
from tests.station.faults.town import ZONE, Town, Ward

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 90.0
STATION = ("-m", "loaphuong", "station")
DOOMED = ("-m", "tests.station.faults.doom")
REAL = SystemClock()
_NEVER = threading.Event()


def until(seen: Callable[[], object], what: str, *, within_s: float = PATIENCE_SECONDS) -> None:
    """Wait for the thing itself, in real time."""
    began = REAL.monotonic()
    while not seen():
        if REAL.monotonic() - began > within_s:
            raise TimeoutError(f"not seen within {within_s} s: {what}")
        REAL.wait(_NEVER, 0.05)


@dataclass
class Machine:
    """The machine of one ward; `environ` may be changed between two runs."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    @property
    def data(self) -> Path:
        """The station's folder."""
        return self.folder / "station"

    @property
    def played(self) -> Path:
        """Where the WAV sink writes."""
        return self.data / "played"

    def enrol(self, town: Town, ward: Ward, *, url: str = "", bell: str = "") -> None:
        """Keep key and enrolment as the station keeps them."""
        self.data.mkdir(parents=True, exist_ok=True)
        keys = (town.centre.house.key.public.raw.hex(),)
        record = Enrolment(ward.name, ward.mode, url or town.url, bell, ZONE, keys, ward.token)
        write_private(self.data / KEY_FILE, ward.key.raw.hex().encode())
        write_private(self.data / RECORD_FILE, lpjson.encode(asdict(record)))

    def start(self, *command: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Start the station (or `command`); it ends with us.  `before` stands before the interpreter."""
        self.runs += 1
        setpriv = shutil.which("setpriv")
        bound = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
        with (self.folder / f"run-{self.runs}.log").open("wb") as log:
            return subprocess.Popen(
                [*bound, *before, sys.executable, *(command or STATION)],
                cwd=ROOT,
                env={**os.environ, **self._settings(), **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the station; it is told to stop at the end, and killed if it does not."""
        process = self.start(*command)
        try:
            yield process
        finally:
            stop(process)

    @contextmanager
    def running_on(self, before: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
        """Run the station under another command."""
        process = self.start(before=before)
        try:
            yield process
        finally:
            stop(process)

    def set_clock(self, by: timedelta) -> None:
        """Step the machine's clock to `by` beside the real time."""
        file = self.folder / "clock.json"
        written = file.with_suffix(".new")
        written.write_text(json.dumps({"offset_ms": by // timedelta(milliseconds=1)}), "ascii")
        written.replace(file)

    def clone(self, folder: Path) -> Machine:
        """Copy the machine whole, as an image of its disk does."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, environ=dict(self.environ))

    def log(self) -> str:
        """Return what all runs said."""
        return "".join(
            (self.folder / f"run-{number}.log").read_text("utf-8", "replace")
            for number in range(1, self.runs + 1)
            if (self.folder / f"run-{number}.log").exists()
        )

    def unsent(self) -> int:
        """Return how many records the centre has not acknowledged."""
        return int(self.ask("select coalesce(sum(last - acknowledged), 0) from chain"))

    def records(self) -> int:
        """Return how many records were written."""
        return int(self.ask("select coalesce(sum(last), 0) from chain"))

    def alarms(self) -> int:
        """Return how many alarms stand in the journal."""
        return self.ask("select count(*) from alarm")

    def sounding_bytes(self) -> int:
        """Return how much was written to the loudspeaker."""
        return sum(file.stat().st_size for file in self.played.glob("*.wav"))

    def ask(self, query: str) -> int:
        """Ask the journal, as somebody else does who looks at the file; 0 before there is one."""
        path = self.data / "journal.db"
        if not path.exists():
            return 0
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            row = connection.execute(query).fetchone()
        except sqlite3.OperationalError:
            return 0
        finally:
            connection.close()
        return int(row[0])

    def _settings(self) -> dict[str, str]:
        return {
            "LOAPHUONG_STATION_DIR": str(self.data),
            "LOAPHUONG_STATION_SINK": "wav",
            "LOAPHUONG_MODE": "rehearsal",
            "LOAPHUONG_CLOCK": str(self.folder / "clock.json"),
            "LOAPHUONG_DESK_PORT": "off",
            "LOAPHUONG_STATION_POLL_SECONDS": "2",
            "PYTHONWARNINGS": "error",
        }


def stop(process: subprocess.Popen[bytes]) -> int:
    """Tell a station to stop, kill it when it does not; return its code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
