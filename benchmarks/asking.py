"""What benchmarks of the station API stand on: servers in their own processes, many callers at a set pace."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from content.clock import SystemClock
from web.house import House
from web.processes.ports import free_port

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Answers:
    """What came back: milliseconds from the moment a call was due to its answer's end, and the statuses."""

    taken: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def at(self, share: float) -> float:
        """Return the time within which so large a share was answered."""
        return sorted(self.taken)[min(len(self.taken) - 1, int(len(self.taken) * share))]


@dataclass(frozen=True)
class Server:
    """A process that listens on loopback."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time it has used so far, its threads' included."""
        words = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / _TICKS


@contextmanager
def process(
    command: Sequence[str], environ: dict[str, str], *, first_port: int, port_name: str = "PORT"
) -> Iterator[Server]:
    """Run a command that listens on `LOAPHUONG_PORT`, or another setting, for the length of the block."""
    port = free_port(first_port)
    given = {**os.environ, **environ, f"LOAPHUONG_{port_name}": str(port)}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=given, stdout=subprocess.DEVNULL
    ) as child:
        try:
            _await(port, child)
            yield Server(port, child.pid)
        finally:
            child.terminate()


def centre(house: House) -> dict[str, str]:
    """Return the environment of a process that serves `house`."""
    return {
        "LOAPHUONG_MODE": house.settings.mode,
        "LOAPHUONG_DATA_DIR": str(house.settings.data_dir),
        "LOAPHUONG_DATABASE_URL": house.settings.url_of_database,
        "LOAPHUONG_BELL_PORT": str(free_port(28_500)),
    }


def allow_many_files() -> None:
    """Take as many open connections as the system grants."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def at_a_pace(port: int, calls: Sequence[bytes], *, per_second: float, connections: int) -> Answers:
    """Send each call when its moment has come, over connections kept open as a reverse proxy keeps them."""
    answers, queue = Answers(), asyncio.Queue[tuple[float, bytes]]()
    workers = [asyncio.create_task(_work(port, queue, answers)) for _ in range(connections)]
    began = perf_counter() + 0.2
    for number, call in enumerate(calls):
        due = began + number / per_second
        if (early := due - perf_counter()) > 0:
            await asyncio.sleep(early)
        queue.put_nowait((due, call))
    done = asyncio.create_task(queue.join())
    failed, _ = await asyncio.wait({done, *workers}, return_when=asyncio.FIRST_COMPLETED)
    answers.seconds = perf_counter() - began
    for worker in workers:
        worker.cancel()
    for one in failed - {done}:
        one.result()
    return answers


async def _work(port: int, queue: asyncio.Queue[tuple[float, bytes]], answers: Answers) -> None:
    """Send what is due; a connection is opened anew when the server has closed it, as it may."""
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while True:
        due, call = await queue.get()
        reader, writer = line or await asyncio.open_connection("127.0.0.1", port)
        writer.write(call)
        status, headers, _ = await read_answer(reader)
        answers.taken.append((perf_counter() - due) * 1000)
        answers.statuses[status] = answers.statuses.get(status, 0) + 1
        line = (reader, writer)
        if headers.get("connection", "").lower() == "close":
            writer.close()
            line = None
        queue.task_done()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (names in small letters) and body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split()[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = 0 if status == 304 else int(headers.get("content-length", 0))  # noqa: PLR2004
    return status, headers, await reader.readexactly(length)


def _await(port: int, child: subprocess.Popen[bytes]) -> None:
    clock = SystemClock()
    end = clock.monotonic() + PATIENCE_SECONDS
    while not _listens(port):
        if child.poll() is not None or clock.monotonic() > end:
            raise RuntimeError(f"{child.args!r} does not listen on {port}")


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.2):
            return True
    except OSError:
        return False
