"""Keeps child processes running: starts them in order, restarts the dead, stops them in reverse.

Every line a child writes is passed on with its name before it.  A child that dies is started again
after a pause that grows while it keeps dying; the console says so.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from content.clock import Clock

CHECK_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0
STEADY_AFTER_SECONDS = 30.0
PATIENCE_SECONDS = 8.0
LAST_WORDS_SECONDS = 1.0
Say = Callable[[str], None]


@dataclass
class Child:
    """One process to keep running: what it is called, its command and environment."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due: float = field(default=0.0)
    reader: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until `stop` is set."""

    def __init__(self, clock: Clock, say: Say, *, patience: float = PATIENCE_SECONDS) -> None:
        """`patience`: real seconds a child has to end before it is killed."""
        self._clock = clock
        self._say = say
        self._patience = patience
        self._children: list[Child] = []

    def start(self, child: Child) -> Child:
        """Start a child now and keep it running from now on."""
        self._children.append(child)
        self._spawn(child)
        return child

    def watch(self, stop: threading.Event) -> None:
        """Restart what dies until `stop` is set."""
        while not self._clock.wait(stop, CHECK_SECONDS):
            for child in self._children:
                self._look_at(child)

    def end(self) -> None:
        """Stop every child, the last started first; whoever does not end in time is killed."""
        for child in reversed(self._children):
            if child.running and child.process is not None:
                child.process.send_signal(signal.SIGTERM)
        for child in reversed(self._children):
            self._await(child)

    def _look_at(self, child: Child) -> None:
        now = self._clock.monotonic()
        if child.running:
            if now - child.started > STEADY_AFTER_SECONDS:
                child.pause = FIRST_PAUSE_SECONDS
        elif child.process is not None:
            self._say(
                f"{child.name} đã dừng (mã {child.process.returncode}); chạy lại sau {child.pause:.0f} giây"
            )
            child.process, child.due = None, now + child.pause
            child.pause = min(LONGEST_PAUSE_SECONDS, child.pause * 2)
        elif now >= child.due:
            self._spawn(child)
            self._say(f"{child.name} đã chạy lại")

    def _spawn(self, child: Child) -> None:
        child.process = subprocess.Popen(
            [*_bound_to_us(), *child.command],
            env={**os.environ, **child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child.started = self._clock.monotonic()
        child.reader = threading.Thread(
            target=_pass_on, args=(child.process.stdout, child.name, self._say), daemon=True
        )
        child.reader.start()

    def _await(self, child: Child) -> None:
        if child.process is None:
            return
        try:
            child.process.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._say(f"{child.name} không chịu dừng; buộc dừng")
            child.process.kill()
            child.process.wait()
        if child.reader is not None:
            child.reader.join(LAST_WORDS_SECONDS)


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs a subcommand of ours."""
    return [sys.executable, "-m", "loaphuong", *arguments]


def _bound_to_us() -> list[str]:
    """Let a child end when we are killed outright, where the system has a way to say so."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _pass_on(stream: IO[bytes] | None, name: str, say: Say) -> None:
    if stream is None:
        return
    with stream:
        for line in stream:
            say(f"{name:9} | {line.decode(errors='replace').rstrip()}")
