"""A pause between requests that all workers keep together: turns are given out by one small file."""

from __future__ import annotations

import fcntl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audio.files import told
from content.clock import Clock
from content.errors import UnavailableError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_MOST_IN_LINE = 16


def take_turn(file: Path, clock: Clock, *, pause_ms: int) -> None:
    """Wait until `pause_ms` have passed since the turn before; UnavailableError when the file cannot be."""
    try:
        start_ms = _next_turn(file, _ms(clock), pause_ms)
    except OSError as error:
        raise UnavailableError("Không ghi được vào {file}: {why}.", file=file, why=told(error)) from error
    clock.wait(threading.Event(), (start_ms - _ms(clock)) / 1000)


def turn_after(last_ms: int | None, now_ms: int, pause_ms: int) -> int:
    """Return when the next turn is; a last turn too far ahead is one of a clock that was set back."""
    if last_ms is None or last_ms > now_ms + _MOST_IN_LINE * pause_ms:
        return now_ms
    return max(now_ms, last_ms + pause_ms)


def _next_turn(file: Path, now_ms: int, pause_ms: int) -> int:
    with file.open("a+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        last = held.read(32)
        start_ms = turn_after(int(last) if last.isdigit() else None, now_ms, pause_ms)
        held.truncate(0)
        held.write(str(start_ms).encode())
    return start_ms


def _ms(clock: Clock) -> int:
    return (clock.now() - _EPOCH) // _MS
