"""How large the ward's program is, and how soon it is at work.

Run: `python benchmarks/station_size.py [--items N] [--runs N]`.  A journal is filled with N airings that
began and ended, and a manifest with N that are to come; the program is started from exec as a ward does,
with the silent sink, so that no player counts.  Printed: the resident memory (RSS) and the part of it that
is its own (PSS) while it works and somebody looks at its page; the time from exec to the first request
for a manifest; and, with no centre to be reached, the time from exec to the first sample of an airing
that is due already.  Beside them: what the imports alone take, in a process that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from content.contracts import lpjson
from content.contracts.airings import State
from content.contracts.instants import format_instant
from content.contracts.signing import PrivateKey
from station.chain import Stamp
from station.files import write_private
from station.identity import KEY_FILE, RECORD_FILE, Enrolment
from station.journal import Journal, Opened, open_journal
from tests.station.fakes import make_item, make_manifest

STATION = "ha-dinh-1"
PIN = "482913"
SETTLING_SECONDS = 3.0
CLIP = bytes(range(256)) * 1000
CENTRE, OWN = PrivateKey(bytes(range(32))), PrivateKey(bytes(range(1, 33)))
IMPORTS = """
import resource, time
began = time.perf_counter()
import loaphuong
import station.cli
took = time.perf_counter() - began
print(took * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


class Asked(BaseHTTPRequestHandler):
    """A centre that knows when it was first asked for a manifest."""

    envelope: bytes
    first: threading.Event
    at: list[float]

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve the manifest, or the clip."""
        if self.path.endswith("/manifest"):
            self.at.append(perf_counter())
            self.first.set()
            self._send(self.envelope)
        else:
            self._send(CLIP)

    def do_POST(self) -> None:
        """Take a heartbeat or a batch."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/heartbeat"):
            self._send(json.dumps({"now": format_instant(datetime.now(UTC))}).encode())
        else:
            seal = json.loads(body.splitlines()[-1])
            self._send(json.dumps({"chain": seal["chain"], "acknowledged": seal["last"]}).encode())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Ward:
    """The folder of a machine that has worked for a while."""

    folder: Path
    items: int

    def fill(self, url: str) -> None:
        """Write key, enrolment, clip, and a journal of `items` airings."""
        (self.folder / "clips").mkdir(parents=True, exist_ok=True)
        keys = (CENTRE.public.raw.hex(),)
        record = Enrolment(STATION, "rehearsal", url, "", "Asia/Ho_Chi_Minh", keys, "token")
        write_private(self.folder / KEY_FILE, OWN.raw.hex().encode())
        write_private(self.folder / RECORD_FILE, lpjson.encode(asdict(record)))
        self._write_journal()

    def envelope(self, *, generation: int, first_at: datetime) -> bytes:
        """Return a manifest with `items` airings, the first of them at `first_at`."""
        day = timedelta(days=7) / self.items
        items = [
            make_item(number + 1 + self.items, at=first_at + number * day, data=CLIP)
            for number in range(self.items)
        ]
        return make_manifest(*items, generation=generation, at=first_at, station=STATION).seal(CENTRE)

    def put_clip(self) -> None:
        """Have the clip on the disk."""
        clip = make_item(data=CLIP).clip
        if clip is not None:
            (self.folder / "clips" / clip.sha256).write_bytes(CLIP)

    def _write_journal(self) -> None:
        now = datetime.now(UTC) - timedelta(days=8)
        stamp = Stamp(now, "5f0c2b9a-0000-4000-8000-000000000001", 1000, 12, True)
        path = self.folder / "journal.db"
        journal: Journal = open_journal(
            path, STATION, lambda: stamp, public_key=OWN.public.raw.hex(), expected=False
        )
        for number in range(self.items):
            item = make_item(number + 1, at=now)
            journal.starting(item, generation=1)
            journal.finished(Opened.of(item, 1), State.PLAYED, None)
        journal.close()


@contextmanager
def centre(ward: Ward) -> Iterator[tuple[str, type[Asked]]]:
    """Run a centre on loopback; give its address and what it was asked."""
    handler = type("Handler", (Asked,), {"first": threading.Event(), "at": [], "envelope": b""})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.envelope = ward.envelope(generation=2, first_at=datetime.now(UTC) + timedelta(hours=2))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", handler
        server.shutdown()


@contextmanager
def running(ward: Ward, *, port: str = "off") -> Iterator[subprocess.Popen[str]]:
    """Run the program."""
    environ = {
        "LOAPHUONG_STATION_DIR": str(ward.folder),
        "LOAPHUONG_MODE": "rehearsal",
        "LOAPHUONG_STATION_SINK": "silent",
        "LOAPHUONG_DESK_PORT": port,
        "LOAPHUONG_DESK_PIN": PIN,
    }
    command = [sys.executable, "-m", "loaphuong", "station"]
    with subprocess.Popen(
        command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=20)


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """Return the first line of the log that has `words` in it."""
    for line in process.stderr or ():
        if words in line:
            return line
    raise RuntimeError(f"the station never said {words!r}")


def memory(process: subprocess.Popen[str]) -> tuple[float, float]:
    """Return RSS and PSS in MB."""
    said = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii")
    found = [int(kb) for kb in re.findall(r"^(?:Rss|Pss): +(\d+) kB", said, re.MULTILINE)]
    return found[0] / 1024, found[1] / 1024


def cpu_seconds(process: subprocess.Popen[str]) -> float:
    """Return the processor time that a process has taken so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def look_at_page(port: int) -> int:
    """Come in and ask for the state a few times, as a page does; return its bytes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/vao", f"pin={PIN}", {"Origin": f"http://127.0.0.1:{port}"})
    answer = connection.getresponse()
    answer.read()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    size = 0
    for _ in range(10):
        connection.request("GET", "/trang-thai", headers={"Cookie": cookie})
        size = len(connection.getresponse().read())
    return size


def measure_size(items: int) -> None:
    """Print the memory of a station at work."""
    with tempfile.TemporaryDirectory() as folder:
        ward = Ward(Path(folder), items)
        with centre(ward) as (url, asked):
            ward.fill(url)
            with running(ward, port="0") as process:
                port = int(line_with(process, "local page at").rpartition(":")[2].strip().rstrip("/"))
                asked.first.wait(20)
                line_with(process, "every clip of generation 2 is here")
                threading.Event().wait(SETTLING_SECONDS)
                before = memory(process)
                page = look_at_page(port)
                after = memory(process)
    print(f"at work, {items} airings in the journal and {items} to come:", end=" ")
    print(f"RSS {before[0]:.1f} MB, PSS {before[1]:.1f} MB")
    print(f"with its page looked at ({page} bytes a second): RSS {after[0]:.1f} MB, PSS {after[1]:.1f} MB")


def measure_request(items: int, runs: int) -> None:
    """Print the time from exec to the first request for a manifest."""
    taken, worked = [], []
    with tempfile.TemporaryDirectory() as folder:
        ward = Ward(Path(folder), items)
        with centre(ward) as (url, asked):
            ward.fill(url)
            for _ in range(runs):
                asked.first.clear()
                asked.at.clear()
                began = perf_counter()
                with running(ward) as process:
                    asked.first.wait(20)
                    taken.append(asked.at[0] - began)
                    worked.append(cpu_seconds(process))
    tell("exec → first request for a manifest", taken, worked)


def measure_due(items: int, runs: int) -> None:
    """Print the time from exec to the first sample of what is due, nobody answering at the centre."""
    taken, worked = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            ward = Ward(Path(folder), items)
            ward.fill("http://127.0.0.1:9")
            ward.put_clip()
            envelope = ward.envelope(generation=1, first_at=datetime.now(UTC) - timedelta(seconds=1))
            write_private(ward.folder / "manifest.json", envelope)
            began = perf_counter()
            with running(ward) as process:
                line_with(process, "on air")
                taken.append(perf_counter() - began)
                worked.append(cpu_seconds(process))
    tell("exec → first sample of what is due, no network", taken, worked)


def measure_imports(runs: int) -> None:
    """Print what the imports take alone."""
    said = [
        subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout
        for _ in range(runs)
    ]
    pairs = [tuple(map(float, line.split())) for line in said]
    took, size = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    print(f"imports alone: {median(took):.0f} ms (least {min(took):.0f}), {median(size):.1f} MB")


def tell(what: str, taken: list[float], worked: list[float]) -> None:
    """Print the times of several runs, and the processor time they took (10 ms is its grain)."""
    print(
        f"{what}: median {median(taken) * 1000:.0f} ms, least {min(taken) * 1000:.0f},"
        f" most {max(taken) * 1000:.0f} ({len(taken)} runs); processor {median(worked) * 1000:.0f} ms"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    measure_imports(given.runs)
    measure_size(given.items)
    measure_request(given.items, given.runs)
    measure_due(given.items, given.runs)


if __name__ == "__main__":
    main()
