"""The only module that asks the time or sleeps.

Everything else is handed a `Clock`, so that a test, or a rehearsal, decides what time it is.
"""

from __future__ import annotations

import json
import os
import threading
import time
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR_MS = 10**12


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


class RouteClock:
    """A clock that runs along a given route: a week in minutes, slowly where something happens.

    The file holds `{"route": [[machine, shown], …]}`, both rising: at `machine` milliseconds of the
    machine's monotonic clock it is `shown` milliseconds after the epoch.  Between two points time passes
    evenly, before the first and after the last as on the machine.  Nobody oversleeps: where the machine
    holds the process up, time waits for it.
    """

    def __init__(
        self, route: Sequence[tuple[int, int]], *, machine: Callable[[], float] = time.monotonic
    ) -> None:
        self._now_on_machine = machine
        first, last = route[0], route[-1]
        ends = [(first[0] - _FAR_MS, first[1] - _FAR_MS), *route, (last[0] + _FAR_MS, last[1] + _FAR_MS)]
        self._machine = [machine / 1000 for machine, _ in ends]
        self._shown = [shown / 1000 for _, shown in ends]
        self._behind = 0.0
        self._last = self._shown[0]
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the instant that the route shows."""
        return _EPOCH + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the seconds that the route shows, counted from the epoch."""
        with self._lock:
            here = self._now_on_machine() - self._behind
            self._last = max(self._last, _along(self._machine, self._shown, here))
            return self._last

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the route has come `seconds` farther."""
        there = self.monotonic() + max(0.0, seconds)
        until = _along(self._shown, self._machine, there) + self._behind
        if event.wait(max(0.0, until - self._now_on_machine())):
            return True
        self._hold(there)
        return False

    def _hold(self, shown: float) -> None:
        """Fall so far behind the machine that no more than `shown` has come, unless more was told already."""
        with self._lock:
            here = self._now_on_machine() - self._behind
            wanted = _along(self._shown, self._machine, max(shown, self._last))
            self._behind += max(0.0, here - wanted)


def _along(from_points: Sequence[float], to_points: Sequence[float], at: float) -> float:
    """Return the value of the line through the points at `at`."""
    place = min(max(1, bisect(from_points, at)), len(from_points) - 1)
    x0, x1, y0, y1 = *from_points[place - 1 : place + 1], *to_points[place - 1 : place + 1]
    return y0 + (at - x0) * (y1 - y0) / (x1 - x0)


def clock_of_process(environ: Mapping[str, str] | None = None) -> Clock:
    """Return the clock a process runs by: `LOAPHUONG_CLOCK=FILE`, in rehearsal only, else the machine's."""
    environ = os.environ if environ is None else environ
    file = environ.get("LOAPHUONG_CLOCK")
    if file and environ.get("LOAPHUONG_MODE") == "rehearsal":
        route = _route_of(Path(file))
        return RouteClock(route) if route else FileClock(Path(file))
    return SystemClock()


def _route_of(file: Path) -> list[tuple[int, int]]:
    try:
        told = json.loads(file.read_text("utf-8") or "{}")
    except FileNotFoundError:
        return []
    return [(int(machine), int(shown)) for machine, shown in told.get("route", [])]
