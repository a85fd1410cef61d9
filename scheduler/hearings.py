"""Which hearings an order owes (pure): a hearing is (order, station, due date, n), whatever its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from content.contracts.airings import Level, order_airing_id
from content.models.bulletin import Approval
from scheduler.models.order import Order

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hearing:
    """One hearing to find a place for, between `not_before` and the end of the last of `days`.

    `days` are the local days it may be given on, its due date first; `fixed` the instant it is bound
    to, if any.  `approval` is the ticket to air.
    """

    order: int
    station: str
    due: date
    n: int
    level: Level
    approval: Approval
    days: tuple[date, ...]
    not_before: datetime
    fixed: datetime | None = None

    @cached_property
    def id(self) -> str:
        """The name of the airing."""
        return order_airing_id(self.order, self.station, self.due, self.n)

    @cached_property
    def duration(self) -> timedelta:
        """How long it sounds."""
        return timedelta(milliseconds=self.approval.duration_ms)

    @property
    def revision(self) -> int:
        """The wording: two hearings with the same one are kept apart."""
        return self.approval.revision_id

    @property
    def precedence(self) -> tuple[int, date, int, int]:
        """Emergencies, then fixed times, then priority; earlier dates first, and in turns."""
        return self._class, self.due, self.n, self.order

    @property
    def _class(self) -> int:
        if self.level is Level.EMERGENCY:
            return 0
        if self.fixed is not None:
            return 1
        return 2 if self.level is Level.PRIORITY else 3


def owed_days(order: Order, start: date, end: date) -> list[date]:
    """Return the order's own days with `start <= day < end`."""
    first, last = max(start, order.first_day), min(end - DAY, order.last_day)
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if str(day.isoweekday()) in order.weekdays]


def days_allowed(order: Order, due: date, *, carry: int, valid_to: date) -> tuple[date, ...]:
    """Return the days a hearing due on `due` may be given on: its own, then the order's next ones."""
    return tuple(owed_days(order, due, min(due + carry * DAY, valid_to) + DAY))


def numbers(times: int, withdrawn: Collection[int]) -> Iterator[tuple[int, int]]:
    """Give (n, place among the day's times, from 0) of what a day owes.

    A hearing withdrawn because its wording changed is owed again under the next number, and stands
    in the place of the one it replaces, so that the same name never carries two fates.
    """
    gone = sorted(withdrawn)
    for n in range(1, times + len(gone) + 1):
        if n not in withdrawn:
            yield n, _place(n, times, gone)


def _place(n: int, times: int, gone: Sequence[int]) -> int:
    while n > times:
        n = gone[n - times - 1]
    return n - 1


def fixed_time(order: Order, place: int) -> time | None:
    """Return the wall time of the order's n-th fixed hearing, None when the planner chooses."""
    return time.fromisoformat(order.fixed_times[place]) if place < len(order.fixed_times) else None
