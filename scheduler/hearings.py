"""Which hearings an order owes (pure): a hearing is (order, station, due date, n), whatever its place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import NamedTuple

from content.contracts.airings import Kind
from scheduler.calendars import Calendars

DAY = timedelta(days=1)
NO_CALENDARS = Calendars()
Key = tuple[int, date, int]
"""Order, due date, n: what names a hearing at a station."""


class Turn(IntEnum):
    """The order of filling."""

    EMERGENCY = 0
    FIXED = 1
    PRIORITY = 2
    NORMAL = 3


@dataclass(frozen=True, slots=True)
class Ticket:
    """What sounds: an approved clip, or (with no approval) a relay; `length` in ms.

    `wording` tells two matters apart: the revision, or minus the relay's source.  Good on the local
    days `first <= day <= last`.
    """

    wording: int
    length: int
    title: str
    first: date
    last: date
    programme: str | None = None
    bulletin: int | None = None
    revision: int | None = None
    approval: int | None = None
    sha256: str | None = None
    bytes: int | None = None
    media_type: str | None = None
    kind: Kind = Kind.BULLETIN

    def covers(self, day: date) -> bool:
        """Tell whether it may sound on a local day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Demand:
    """An order as the planner reads it; see `scheduler.models.order.Order` for the meaning of each part.

    `tickets` are what may sound, each on its days; `hours` bound a relay (local wall times); `below`
    is the unit under which a relay may sound.
    """

    id: int
    level: str
    first_day: date
    last_day: date
    weekdays: str
    times_per_day: int
    fixed_times: tuple[str, ...]
    created_at: datetime
    units: tuple[int, ...]
    tags: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    ticket: Ticket | None = None
    hours: tuple[time, time] | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """One hearing to find a place for, the same for every station that is owed it.

    `days` are the order's days on which it may be given, as far as broadcasts are held, its due date first;
    `fixed` the instant (ms) it is bound to, if any; `hours` the spans (ms) it must lie within, one for each
    of `days`.  `until` is the order's last day, `ordered_at` when it was placed (ms), `times` how often a
    day it asks.  `key` names the hearing at a station; `precedence` is the order of filling, as far as
    quotas and picks do not decide.
    """

    order: int
    due: date
    n: int
    turn: Turn
    ticket: Ticket
    days: tuple[date, ...]
    until: date
    ordered_at: int
    fixed: int | None = None
    hours: tuple[tuple[int, int], ...] | None = None
    level: str = "normal"
    times: int = 1
    key: Key = field(init=False)
    precedence: tuple[int, int, int, int, int] = field(init=False)

    def __post_init__(self) -> None:
        due, turn = self.due.toordinal(), int(self.turn)
        if self.turn is Turn.PRIORITY:
            precedence = (turn, self.until.toordinal(), self.order, due, self.n)
        else:
            then = (self.fixed or 0) if self.turn is Turn.FIXED else self.ticket.last.toordinal()
            precedence = (turn, due, then, self.order, self.n)
        object.__setattr__(self, "key", (self.order, self.due, self.n))
        object.__setattr__(self, "precedence", precedence)


class Left(NamedTuple):
    """A hearing that found no room at a station, why, and the facts that tell it.

    `n` is the number by which it is owed now.
    """

    station: str
    hearing: Hearing
    reason: str
    facts: dict[str, int]
    n: int

    @property
    def order(self) -> int:
        """The order that is owed."""
        return self.hearing.order

    @property
    def due(self) -> date:
        """The day it was owed on."""
        return self.hearing.due


def owed_days(
    order: Demand, start: date, end: date, calendars: Calendars = NO_CALENDARS
) -> list[date]:  # fmt: skip
    """Return the order's own days with `start <= day < end`."""
    first, last = max(start, order.first_day), min(end - DAY, order.last_day)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    marks, weekdays = order.calendars, order.weekdays
    own = [day for day in days if str(day.isoweekday()) in weekdays]
    return [day for day in own if calendars.allow(marks, day)] if marks else own


def days_from(own: Sequence[date], due: date, *, within: int) -> tuple[date, ...]:
    """Return of an order's own days (in order) `due` and those of the next `within` calendar days."""
    return tuple(own[bisect_left(own, due) : bisect_right(own, due + within * DAY)])


def numbers(times: int, withdrawn: Collection[int]) -> Iterator[tuple[int, int]]:
    """Give (n, place among the day's times, from 0) of what a day owes.

    A hearing withdrawn because its wording changed, or because it lost its room, is owed again under
    the next number, and stands in the place of the one it replaces, so that the same name never
    carries two fates.
    """
    gone = sorted(withdrawn)
    for n in range(1, times + len(gone) + 1):
        if n not in withdrawn:
            yield n, _place(n, times, gone)


def _place(n: int, times: int, gone: Sequence[int]) -> int:
    while n > times:
        n = gone[n - times - 1]
    return n - 1


def fixed_time(order: Demand, place: int) -> time | None:
    """Return the wall time of the order's n-th fixed hearing, None when the planner chooses."""
    return time.fromisoformat(order.fixed_times[place]) if place < len(order.fixed_times) else None
