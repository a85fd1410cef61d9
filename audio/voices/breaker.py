"""A circuit breaker that all workers share: after a failure, nobody asks for a while.

Its state is one small file; the pause doubles with every failure in a row.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from audio.files import write_whole
from content.clock import Clock
from content.contracts.instants import format_instant, parse_instant
from content.errors import ContractError

FIRST_PAUSE_S = 60
LONGEST_PAUSE_S = 15 * 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trip:
    """The breaker is open until `until`, after `failures` in a row; `why` is Vietnamese."""

    failures: int
    until: datetime
    why: str


class Breaker:
    """Opens on failure, closes with time or on success."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def open_now(self) -> Trip | None:
        """Return the trip that still holds, or None when asking is allowed."""
        trip = self._read()
        return trip if trip and self._clock.now() < trip.until else None

    def trip(self, why: str, *, at_least_s: int = 0) -> None:
        """Note a failure: nobody asks for a while, and longer than the last time."""
        before = self._read()
        failures = 1 + (before.failures if before else 0)
        pause_s = max(at_least_s, pause_after(failures))
        until = self._clock.now() + timedelta(seconds=min(pause_s, LONGEST_PAUSE_S))
        state = {"failures": failures, "until": format_instant(until), "why": why}
        try:
            write_whole(self._file, json.dumps(state, ensure_ascii=False).encode(), durable=False)
        except OSError as error:
            _log.warning("the breaker's state could not be written: %s", error.strerror)

    def succeeded(self) -> None:
        """Forget the failures."""
        self._file.unlink(missing_ok=True)

    def _read(self) -> Trip | None:
        """Return the last trip; an unreadable state counts as none."""
        try:
            held = json.loads(self._file.read_bytes())
            return Trip(int(held["failures"]), parse_instant(held["until"]), str(held["why"]))
        except (OSError, ValueError, KeyError, TypeError, ContractError):
            return None


def pause_after(failures: int) -> int:
    """Return the seconds of pause after so many failures in a row."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S << min(failures - 1, 10))
