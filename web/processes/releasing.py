"""Releasing in turns: look first, with nothing locked; then sign, some stations in each short transaction.

Most seconds change nothing, and a look over all airings is dear.  So a few numbers that grow with every
change are read first, and only when one has grown, or after a while, is there a look.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.models.audit import Audit
from scheduler import manifests
from scheduler.draft import Gains, Terms
from scheduler.models.airing import AiringChange
from scheduler.models.command import Command
from scheduler.models.plan import StationPlan
from scheduler.rules import Rules
from scheduler.voiding import void
from web.house import House

LOOK_SECONDS = 15.0
"""The longest time between two looks: clocks pass without a change, and stations tell of generations."""
TURN_SECONDS = 0.5
_LOG = structlog.get_logger("scheduler")
_GROWING = select(
    select(func.max(Audit.sequence)).scalar_subquery(),
    select(func.max(AiringChange.id)).scalar_subquery(),
    select(func.max(Command.id)).scalar_subquery(),
    select(func.max(StationPlan.planned_at)).scalar_subquery(),
)
Step = Callable[[Session, datetime], object]


class Releasing:
    """The work of one process; `fenced(step, now)` does a step in a transaction of the one at work."""

    def __init__(self, house: House, fenced: Callable[[Step, datetime], bool]) -> None:
        self._house = house
        self._fenced = fenced
        self._waiting: list[str] = []
        self._seen: tuple[Any, ...] | None = None
        self._look_at = house.clock.monotonic()

    def step(self, now: datetime) -> bool:
        """Sign what is waited for, as much as goes into a turn; False when another one is at work."""
        clock = self._house.clock
        end = clock.monotonic() + TURN_SECONDS
        if not self._waiting and not self._find(now):
            return False
        while self._waiting and clock.monotonic() <= end:
            some = self._waiting[: manifests.CHUNK]
            del self._waiting[: manifests.CHUNK]
            if not self._fenced(partial(self._sign, some), now):
                return False
        return True

    def _find(self, now: datetime) -> bool:
        """Look for what waits, if there may be something; take back what no longer stands."""
        clock, terms = self._house.clock, terms_of(self._house)
        with self._house.database.reading() as session:
            seen = tuple(session.execute(_GROWING).one())
            if seen == self._seen and clock.monotonic() < self._look_at:
                return True
            doubt = manifests.look(session, now, terms)
        self._seen, self._look_at = seen, clock.monotonic() + LOOK_SECONDS
        self._waiting = list(doubt.stations)
        if not doubt.voids:
            return True
        self._seen = None
        return self._fenced(self._void, now)

    def _void(self, session: Session, now: datetime) -> None:
        void(session, now, Rules.of(self._house.settings), by=manifests.BY)

    def _sign(self, names: list[str], session: Session, now: datetime) -> None:
        done = manifests.release_at(session, names, now, terms_of(self._house), key=self._house.key)
        for station, generation in done:
            _LOG.info("released", station=station, generation=generation)


def terms_of(house: House) -> Terms:
    """Return what every manifest of this house says alike."""
    settings = house.settings
    gains = Gains(settings.normal_gain_mdb, settings.priority_gain_mdb)
    return Terms(settings.mode, settings.time_zone, (settings.quiet,), settings.after_preempt, gains)
