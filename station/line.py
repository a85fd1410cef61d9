"""The line to the centre: whether the last call went through, and since when it is as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from content.clock import Clock


@dataclass(frozen=True)
class LineState:
    """`up`: None before the first call, then whether the last one went through; `since` when it began."""

    up: bool | None = None
    since: datetime | None = None
    why: str | None = None


def _nothing() -> None:
    """Do nothing."""


class Line:
    """What the errands to the centre have found, for whoever asks; any thread may tell and ask.

    `restored` is called when a call goes through after one that did not.
    """

    def __init__(self, clock: Clock, restored: Callable[[], None] = _nothing) -> None:
        self._clock = clock
        self._restored = restored
        self._lock = threading.Lock()
        self._state = LineState()

    @property
    def state(self) -> LineState:
        """The line as it is known to be."""
        return self._state

    def told(self, why: str | None) -> None:
        """Take the outcome of a call: None when it went through, else why not."""
        with self._lock:
            before, up = self._state, why is None
            since = before.since if before.up is up else self._clock.now()
            self._state = LineState(up, since, why)
        if up and before.up is False:
            self._restored()
