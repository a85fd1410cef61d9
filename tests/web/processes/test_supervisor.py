"""The supervisor with small real children: the dead come back, nobody outlives it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from content.clock import SteppedClock
from tests.factories import NOW
from web.processes.supervisor import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    Child,
    Supervisor,
    own_command,
)

_SECONDS = 10.0
_ROOT = Path(__file__).parents[3]
STAYS = "import signal; print('sẵn sàng', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}"
DIES = "import sys; print('hẹn gặp lại'); sys.exit(3)"


def child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-I", "-S", "-c", code], {"PYTHONIOENCODING": "utf-8"})


class Console:
    """Keeps what is said; one may wait until something was said so often."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._said = threading.Condition()

    def say(self, line: str) -> None:
        with self._said:
            self.lines.append(line)
            self._said.notify_all()

    def count(self, part: str) -> int:
        return sum(part in line for line in self.lines)

    def await_(self, part: str, times: int = 1) -> None:
        with self._said:
            assert self._said.wait_for(lambda: self.count(part) >= times, _SECONDS), self.lines


class DyingClock(SteppedClock):
    """A clock whose time passes only while nothing runs; it stops the watch after so many restarts."""

    def __init__(self, mortals: list[Child], console: Console, restarts: int) -> None:
        super().__init__(NOW)
        self._mortals, self._console, self._restarts = mortals, console, restarts

    def wait(self, event: threading.Event, seconds: float) -> bool:
        for mortal in self._mortals:
            if mortal.process is not None:
                mortal.process.wait(_SECONDS)
        if self._console.count("đã chạy lại") >= self._restarts:
            event.set()
        return super().wait(event, seconds)


class BriefClock(SteppedClock):
    """A clock with which a watch ends after a minute."""

    def __init__(self) -> None:
        super().__init__(NOW)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if self.now() - NOW > timedelta(minutes=1):
            event.set()
        return super().wait(event, seconds)


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def supervisor(console: Console) -> Iterator[Supervisor]:
    made = Supervisor(SteppedClock(NOW), console.say, patience=0.2)
    yield made
    made.end()


def watch_dying(console: Console, restarts: int) -> list[str]:
    """Watch a child that dies at once until it was started again so often; return what was announced."""
    mortal = child("web", DIES)
    supervisor = Supervisor(DyingClock([mortal], console, restarts), console.say)
    supervisor.start(mortal)
    supervisor.watch(threading.Event())
    console.await_("hẹn gặp lại", restarts + 1)
    supervisor.end()
    return [line for line in console.lines if line.startswith("web đã")]


def test_the_dead_come_back_and_the_console_says_so(console: Console) -> None:
    assert watch_dying(console, 1) == ["web đã dừng (mã 3); chạy lại sau 1 giây", "web đã chạy lại"]


def test_the_pause_grows_while_it_keeps_dying(console: Console) -> None:
    told = [line for line in watch_dying(console, 6) if "chạy lại sau" in line]
    assert [int(line.split()[-2]) for line in told] == [1, 2, 4, 8, 15, int(LONGEST_PAUSE_SECONDS)]


def test_a_child_that_runs_steadily_is_left_alone_and_trusted_again(console: Console) -> None:
    held, clock = child("web", STAYS), BriefClock()
    supervisor = Supervisor(clock, console.say)
    supervisor.start(held)
    process, held.pause = held.process, LONGEST_PAUSE_SECONDS
    supervisor.watch(threading.Event())
    supervisor.end()
    assert held.process is process
    assert held.pause == FIRST_PAUSE_SECONDS


def test_every_line_is_passed_on_with_a_name(supervisor: Supervisor, console: Console) -> None:
    code = "import os; print('một'); print('hai', flush=True); os.write(1, b'\\xff\\n')"
    supervisor.start(child("web", code))
    console.await_("\ufffd")
    assert console.lines == ["web       | một", "web       | hai", "web       | \ufffd"]


def test_who_ends_when_told_is_not_killed(supervisor: Supervisor, console: Console) -> None:
    held = supervisor.start(child("web", STAYS))
    console.await_("sẵn sàng")
    supervisor.end()
    assert held.process is not None
    assert held.process.returncode == -signal.SIGTERM


def test_who_does_not_end_is_killed_the_last_started_first(supervisor: Supervisor, console: Console) -> None:
    held = [supervisor.start(child(name, STUBBORN)) for name in ("web", "worker")]
    console.await_("sẵn sàng", 2)
    supervisor.end()
    told = [line for line in console.lines if "không chịu dừng" in line]
    assert told == ["worker không chịu dừng; buộc dừng", "web không chịu dừng; buộc dừng"]
    assert not any(one.running for one in held)


def test_ending_twice_is_no_failure(supervisor: Supervisor) -> None:
    supervisor.start(child("web", DIES))
    supervisor.end()
    supervisor.end()


_MASTER = """
import sys, threading
from content.clock import SystemClock
from web.processes.supervisor import Child, Supervisor
supervisor = Supervisor(SystemClock(), lambda line: print(line, flush=True))
code = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
supervisor.start(Child("web", [sys.executable, "-I", "-S", "-c", code], {}))
supervisor.watch(threading.Event())
"""


def test_children_die_with_a_supervisor_that_is_killed_outright() -> None:
    master = subprocess.Popen([sys.executable, "-c", _MASTER], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert master.stdout is not None
    number = int(master.stdout.readline().split("|")[1])
    watched = os.pidfd_open(number)
    master.kill()
    master.wait()
    ended, _, _ = select.select([watched], [], [], _SECONDS)
    os.close(watched)
    master.stdout.close()
    assert ended, "the child outlives its supervisor"


def test_our_own_commands_run_with_this_python() -> None:
    assert own_command("serve") == [sys.executable, "-m", "loaphuong", "serve"]
