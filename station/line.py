"""The line to the centre: whether the last call went through, and since when it is as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from content.clock import Clock

_EXPELLED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
_CLIENTS_FAULT = 4
BREATH_SECONDS = 10.0


@dataclass(frozen=True)
class LineState:
    """`up`: None before the first call, then whether the last one went through; `since` when it began.

    `status` is the HTTP status by which the centre refused it, None when nobody answered.
    """

    up: bool | None = None
    since: datetime | None = None
    why: str | None = None
    status: int | None = None

    @property
    def expelled(self) -> bool:
        """Whether the centre was reached and takes this machine for none of its stations."""
        return self.status in _EXPELLED

    @property
    def refused(self) -> bool:
        """Whether the centre itself said no, or asked to be left alone."""
        status = self.status or 0
        return status == HTTPStatus.SERVICE_UNAVAILABLE or status // 100 == _CLIENTS_FAULT


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
        self._stood: float | None = None

    @property
    def state(self) -> LineState:
        """The line as it is known to be."""
        return self._state

    def told(self, why: str | None, status: int | None = None) -> None:
        """Take the outcome of a call: None when it went through, else why not and the centre's status."""
        with self._lock:
            before, up = self._state, why is None
            since = before.since if before.up is up else self._clock.now()
            self._state = LineState(up, since, why, status)
        if up and before.up is False:
            self._restored()

    def stood(self) -> None:
        """Take it that something else came through: a line thought dead stands again.

        A centre that refuses was reached all the time: nobody who waits for it is called.
        Within ten seconds of the last time nobody is either, for what failed since was not the line's.
        """
        with self._lock:
            before, now = self._state, self._clock.monotonic()
            fresh = self._stood is None or now - self._stood >= BREATH_SECONDS
            stands = before.up is False and not before.refused and fresh
            if stands:
                self._stood = now
        if stands:
            self.told(None)
