"""The bell as the station hears it: when to look at once, and how often to look of its own accord."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from content.clock import Clock
from station import bell
from station.errands import about
from station.identity import Enrolment
from station.outside import Outside

SPARSE_POLL_SECONDS = 300.0
STANDS_SECONDS = 30.0


class Task(Protocol):
    """What Ringing asks of an errand."""

    def ring(self) -> None:
        """Be done as soon as may be."""
        ...

    def hasten(self) -> None:
        """Choose the wait anew."""
        ...

    def well(self) -> None:
        """Take the next failure for a first one."""
        ...


@dataclass
class Ringing:
    """Listens to the bell.

    `generation` tells the one in force.  `errand` gives an errand by its name: "manifest" is rung when the
    bell tells of something newer and hastened when it falls silent, "bell" is well when it stood a while.
    `take` is given a sealed manifest that the bell brought along, `stood` is called for what it says at all.
    """

    enrolment: Enrolment
    outside: Outside
    clock: Clock
    generation: Callable[[], int]
    errand: Callable[[str], Task]
    take: Callable[[bytes], None]
    stood: Callable[[], None]
    heard: bool = False
    told_of: int = 0
    _since: float = 0.0

    def listen(self) -> None:
        """Hold the bell's stream open; raise UnavailableError when it ends."""
        url, token = self.enrolment.bell_url, self.enrolment.token
        try:
            bell.listen(url, token, opened=self._opened, ring=self.rung, trust=self.outside.trust)
        finally:
            if self.heard:
                self._lost()

    def until_poll(self) -> float:
        """Return the seconds to the next poll: many while a bell is heard and told of nothing newer."""
        at_peace = self.heard and self.told_of <= self.generation()
        return about(SPARSE_POLL_SECONDS if at_peace else self.outside.poll_seconds)

    def rung(self, rung: bell.Rung) -> None:
        """Look at once, or take what the bell brought; what is held already changes nothing."""
        self.told_of = rung.generation
        self.stood()
        if rung.generation <= self.generation():
            return
        if rung.envelope is not None:
            self.take(rung.envelope)
        else:
            self.errand("manifest").ring()

    def _opened(self) -> None:
        self.heard, self._since = True, self.clock.monotonic()

    def _lost(self) -> None:
        self.heard = False
        self.errand("manifest").hasten()
        # One that hangs up at once is called ever more rarely: it may be thousands that call.
        if self.clock.monotonic() - self._since >= STANDS_SECONDS:
            self.errand("bell").well()
