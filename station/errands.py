"""Small threads that call the centre: each does one thing, again and again, and backs off when it fails."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

import requests

from content.clock import Clock
from content.errors import LoaPhuongError

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0

log = logging.getLogger("station")
_chance = random.SystemRandom()


def backoff_seconds(failures: int, *, chance: random.Random = _chance) -> float:
    """Return a wait with full jitter: anything up to 1, 2, 4 … 60 s."""
    return chance.uniform(0, min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(failures - 1, 10)))


class Errand(threading.Thread):
    """Calls `call` every `every` seconds, and at once when rung."""

    def __init__(self, name: str, call: Callable[[], None], *, every: float, clock: Clock) -> None:
        super().__init__(name=name, daemon=True)
        self._call = call
        self._every = every
        self._clock = clock
        self._rung = threading.Event()
        self._stopping = False
        self._once_more = False
        self.failures = 0

    def ring(self) -> None:
        """Have the errand done as soon as may be."""
        self._rung.set()

    def well(self) -> None:
        """Say that what the errand is at works: the next failure is a first one."""
        self.failures = 0

    def stop(self, *, once_more: bool = False) -> None:
        """Let the thread end after what it is doing, or after doing its errand once more."""
        self._once_more, self._stopping = once_more, True
        self._rung.set()

    def run(self) -> None:
        """Do the errand until stopped."""
        while True:
            self._rung.clear()
            if self._stopping:
                break
            self.try_once()
            wait = backoff_seconds(self.failures) if self.failures else self._every
            self._clock.wait(self._rung, wait)
        if self._once_more:
            self.try_once()

    def try_once(self) -> None:
        """Do the errand once; a failure is counted, and told when it is the first."""
        try:
            self._call()
        except (LoaPhuongError, OSError, requests.RequestException) as error:
            self._failed(str(error))
        except Exception:  # the thread's boundary: a bug here must not silence the ward
            log.exception("%s: unexpected failure", self.name)
            self.failures += 1
        else:
            if self.failures:
                log.info("%s: works again after %d tries", self.name, self.failures)
            self.failures = 0

    def _failed(self, why: str) -> None:
        self.failures += 1
        if self.failures == 1:
            log.warning("%s: %s (will try again)", self.name, why)
