"""The only module that asks the time or sleeps.

Everything else is handed a `Clock`, so that a test, or a rehearsal, decides what time it is.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Asks the time and waits.  Instants are aware and in UTC; durations are seconds."""

    def now(self) -> datetime:
        """Return the instant now, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that no correction moves."""
        ...

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` have passed; tell whether it is set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait in real time."""
        return event.wait(max(0.0, seconds))


class SteppedClock:
    """A clock for tests: time passes only when somebody waits or calls `advance`."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._monotonic = 1000.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds passed, counted from an arbitrary start."""
        return self._monotonic

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Pass `seconds` at once, unless the event is set already."""
        if not event.is_set():
            self.advance(max(0.0, seconds))
        return event.is_set()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds

    def step(self, seconds: float) -> None:
        """Move the wall clock alone, as a correction from outside does."""
        with self._lock:
            self._now += timedelta(seconds=seconds)


class FileClock:
    """A clock steered by a small JSON file, so that a test can step the time of child processes.

    The file holds `{"offset_ms": integer, "rate_permille": integer}`; both may be left out.  The
    rate counts from the moment this process first read it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = -1
        self._offset = timedelta()
        self._rate = 1.0
        self._real = time.monotonic()
        self._passed = 0.0
        self._origin = datetime.now(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return origin + time passed at the file's rate + the file's offset."""
        passed = self.monotonic()
        return self._origin + timedelta(seconds=passed) + self._offset

    def monotonic(self) -> float:
        """Return seconds passed at the file's rate; the offset does not touch it."""
        with self._lock:
            real = time.monotonic()
            self._passed += (real - self._real) * self._rate
            self._real = real
            self._reread()
            return self._passed

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait `seconds` of this clock's time."""
        return event.wait(max(0.0, seconds / self._rate))

    def _reread(self) -> None:
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if stamp != self._stamp:
            wanted = json.loads(self._path.read_text("utf-8") or "{}")
            self._offset = timedelta(milliseconds=wanted.get("offset_ms", 0))
            self._rate = max(1, wanted.get("rate_permille", 1000)) / 1000
            self._stamp = stamp


def clock_of_process(environ: Mapping[str, str] | None = None) -> Clock:
    """Return the clock a process runs by: `LOAPHUONG_CLOCK=FILE`, in rehearsal only, else the machine's."""
    environ = os.environ if environ is None else environ
    file = environ.get("LOAPHUONG_CLOCK")
    if file and environ.get("LOAPHUONG_MODE") == "rehearsal":
        return FileClock(Path(file))
    return SystemClock()
