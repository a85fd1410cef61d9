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


def backoff_seconds(failures: int, *, asked: float = 0, chance: random.Random = _chance) -> float:
    """Return a wait with full jitter: anything up to 1, 2, 4 … 60 s.

    Where the centre asked to be left alone for `asked` seconds: anything from that to twice as long.
    """
    most = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(failures - 1, 10))
    return asked + chance.uniform(0, max(most, asked))


def about(seconds: float, *, chance: random.Random = _chance) -> float:
    """Return `seconds` give or take a fifth, so that many stations do not fall into step."""
    return chance.uniform(0.8 * seconds, 1.2 * seconds)


def _nobody(_why: str | None, _status: int | None) -> None:
    """Tell nobody."""


class Errand(threading.Thread):
    """Calls `call` every `every()` seconds, and at once when rung.

    `told` hears after each try why it failed and the centre's HTTP status if it gave one, else None twice.
    """

    def __init__(
        self,
        name: str,
        call: Callable[[], None],
        *,
        every: Callable[[], float],
        clock: Clock,
        told: Callable[[str | None, int | None], None] = _nobody,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._call = call
        self._every = every
        self._clock = clock
        self._told = told
        self._woken = threading.Event()
        self._rung = False
        self._stopping = False
        self._once_more = False
        self._asked = 0.0
        self.failures = 0

    def ring(self) -> None:
        """Have the errand done as soon as may be."""
        self._rung = True
        self._woken.set()

    def hasten(self) -> None:
        """Have the wait chosen anew, at random within what `every` says now: it may have become shorter."""
        self._woken.set()

    def well(self) -> None:
        """Say that what the errand is at works: the next failure is a first one."""
        self.failures = 0

    def stop(self, *, once_more: bool = False) -> None:
        """Let the thread end after what it is doing, or after doing its errand once more."""
        self._once_more, self._stopping = once_more, True
        self.ring()

    def run(self) -> None:
        """Do the errand until stopped."""
        while not self._stopping:
            self._rung = False
            self.try_once()
            failed = self.failures
            self._wait(backoff_seconds(failed, asked=self._asked) if failed else self._every())
        if self._once_more:
            self.try_once()

    def try_once(self) -> None:
        """Do the errand once; a failure is counted, and told when it is the first."""
        try:
            self._call()
        except (LoaPhuongError, OSError, requests.RequestException) as error:
            self._failed(error)
        except Exception as error:  # the thread's boundary: a bug here must not silence the ward
            log.exception("%s: unexpected failure", self.name)
            self.failures, self._asked = self.failures + 1, 0
            self._told(type(error).__name__, None)
        else:
            if self.failures:
                log.info("%s: works again after %d tries", self.name, self.failures)
            self.failures = 0
            self._told(None, None)

    def _wait(self, seconds: float) -> None:
        while self._clock.wait(self._woken, seconds):
            self._woken.clear()
            if self._rung:
                return
            seconds = _chance.uniform(0, self._every())

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        facts = error.facts if isinstance(error, LoaPhuongError) else {}
        self._asked = float(facts.get("retry_after_seconds", 0))
        if self.failures == 1:
            log.warning("%s: %s (will try again)", self.name, error)
        self._told(str(error), facts.get("status"))
