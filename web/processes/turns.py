"""Turns of a process's writers where the database lets only one write: the urgent one goes first.

SQLite lets whoever asks at the right moment go next, so that one of many may wait very long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One writer at a time, an urgent one before all that wait; all at once unless `needed`."""

    def __init__(self, *, needed: bool) -> None:
        self._needed = needed
        self._changed = threading.Condition()
        self._busy = False
        self._urgent = 0

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Wait for a turn and keep it for the length of the block."""
        if not self._needed:
            yield
            return
        self._begin(urgent=urgent)
        try:
            yield
        finally:
            self._end()

    def _begin(self, *, urgent: bool) -> None:
        with self._changed:
            self._urgent += urgent
            self._changed.wait_for(lambda: not self._busy and (urgent or not self._urgent))
            self._busy = True
            self._urgent -= urgent

    def _end(self) -> None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
