"""A rehearsal as a user starts it, for tests that look at it from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright._impl._api_structures import SetCookieParam

START_SECONDS = 90.0
STOP_SECONDS = 30.0
_ACCOUNT = re.compile(r"^  ([a-z-]+) +([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}) ")


class Rehearsal:
    """`loaphuong demo` on a free port and a folder of its own; its console lines are kept.

    `signed_in` holds, by address and login, the cookies of who signed in and the page that came then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.passwords: dict[str, str] = {}
        self.signed_in: dict[tuple[str, str], tuple[list[SetCookieParam], str]] = {}
        self.lines: list[str] = []
        self._heard = threading.Condition()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "loaphuong", "demo", "--port", str(self.port), "--data", str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        self.wait_for(r"^trang đầu: ", START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(STOP_SECONDS)
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()
        return code

    def wait_for(self, pattern: str, seconds: float) -> str:
        """Return the first console line that matches, now or within `seconds`."""
        wanted = re.compile(pattern)

        def found() -> str | None:
            return next((line for line in self.lines if wanted.search(line)), None)

        with self._heard:
            line = self._heard.wait_for(found, seconds)
        assert line, "\n".join([f"no line matches {pattern!r}:", *self.lines[-40:]])
        return line

    def _listen(self) -> None:
        for raw in self._process.stdout or []:
            line = raw.decode().rstrip("\n")
            account = _ACCOUNT.match(line)
            with self._heard:
                self.lines.append(line)
                if account:
                    self.passwords[account[1]] = account[2]
                self._heard.notify_all()


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
