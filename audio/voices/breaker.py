"""A circuit breaker that all workers share: after a failure, nobody asks for a while; then one tries.

Its state is one small file; the pause doubles with every failure in a row.  When the pause is over it is
half open: one caller tries, the others wait for what becomes of it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from audio.files import write_whole
from content.clock import Clock
from content.contracts.instants import format_instant, parse_instant
from content.errors import ContractError, UnavailableError

FIRST_PAUSE_S = 60
LONGEST_PAUSE_S = 15 * 60
LONGEST_ASKED_S = 24 * 3600
_LOOK_AGAIN_S = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trip:
    """The breaker is open until `until`, after `failures` in a row; `why` is Vietnamese."""

    failures: int
    until: datetime
    why: str


class Breaker:
    """Opens on failure, half opens with time, closes when a trial succeeds."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def open_now(self) -> Trip | None:
        """Return the trip that still holds, or None when asking is allowed."""
        trip = self.last()
        return trip if trip and self._clock.now() < trip.until else None

    def last(self) -> Trip | None:
        """Return the last trip that no success followed, over or not; an unreadable state counts as none."""
        try:
            held = json.loads(self._file.read_bytes())
            return Trip(int(held["failures"]), parse_instant(held["until"]), str(held["why"]))
        except (OSError, ValueError, KeyError, TypeError, ContractError):
            return None

    def trip(self, why: str, *, at_least_s: int = 0) -> None:
        """Note a failure: nobody asks for a while, longer than the last time, `at_least_s` if that is more.

        Failures of requests that were under way together count as one.
        """
        before, now = self.last(), self._clock.now()
        resting = before is not None and now < before.until
        failures = (before.failures if before else 0) + (not resting)
        pause_s = max(min(at_least_s, LONGEST_ASKED_S), pause_after(failures))
        until = now + timedelta(seconds=pause_s)
        self._write(Trip(failures, max(until, before.until) if before else until, why))

    @contextmanager
    def asking(self, *, limit_s: float) -> Iterator[None]:
        """Hold the right to ask while the block runs; UnavailableError while nobody may.

        When half open the block is the trial: if it ends without raising, the failures are forgotten.
        """
        with self._right(limit_s) as trial:
            yield
            if trial and not self.open_now():
                self._file.unlink(missing_ok=True)

    @contextmanager
    def _right(self, limit_s: float) -> Iterator[bool]:
        """Wait until the breaker is closed (False), or the trial is ours (True)."""
        end = self._clock.monotonic() + limit_s
        while trip := self.last():
            if self._clock.now() < trip.until:
                raise UnavailableError("Giọng đọc đang nghỉ: {reason}.", reason=trip.why)
            if held := _try(self._file.with_suffix(".trial")):
                with held:
                    if self.last() != trip:
                        continue
                    yield True
                return
            if self._clock.monotonic() > end:
                raise UnavailableError("Giọng đọc đang được thử lại sau khi nghỉ vì {why}.", why=trip.why)
            self._clock.wait(threading.Event(), _LOOK_AGAIN_S)
        yield False

    def _write(self, trip: Trip) -> None:
        state = {"failures": trip.failures, "until": format_instant(trip.until), "why": trip.why}
        try:
            write_whole(self._file, json.dumps(state, ensure_ascii=False).encode(), durable=False)
        except OSError as error:
            _log.warning("the breaker's state could not be written: %s", error.strerror)


def pause_after(failures: int) -> int:
    """Return the seconds of pause after so many failures in a row."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S << min(failures - 1, 10))


def _try(path: Path) -> IO[bytes] | None:
    """Return the lock, which the system frees when its holder dies, or None while another holds it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
