"""Which hearings an order owes on its days (pure): each is made once, whatever stations are told by it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from content.contracts.airings import Level
from scheduler.hearings import (
    DAY,
    Demand,
    Hearing,
    Key,
    Turn,
    days_from,
    fixed_time,
    numbers,
    owed_days,
)
from scheduler.moments import to_ms
from scheduler.picture import Picture
from scheduler.quiet import instant_at
from scheduler.reach import Days
from scheduler.rules import Rules


@dataclass
class Claims:
    """The hearings of one picture's orders, by `rules`."""

    picture: Picture
    rules: Rules
    _lists: dict[Days, tuple[Hearing, ...]] = field(default_factory=dict, repr=False)
    _made: dict[tuple[int, date, int, int], Hearing] = field(default_factory=dict, repr=False)
    _own_days: dict[int, list[date]] = field(default_factory=dict, repr=False)
    _by_id: dict[int, Demand] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_id = {demand.id: demand for demand in self.picture.demands}

    def order(self, number: int | None) -> Demand | None:
        """Return an order by its id, None when it owes nothing any more."""
        return self._by_id.get(number or 0)

    def of(self, days: Days) -> tuple[Hearing, ...]:
        """Return all hearings of some orders on their days, in the order of precedence."""
        if days not in self._lists:
            found = [h for day, here in days for at in here for h in self._of_day(at, day)]
            self._lists[days] = tuple(sorted(found, key=lambda hearing: hearing.precedence))
        return self._lists[days]

    def renumbered(
        self, owed: Sequence[Hearing], gone: Mapping[tuple[int, date], Collection[int]]
    ) -> list[Hearing]:
        """Return the hearings, those of days on which something was taken back under their new numbers.

        `gone`: (order, due date) → the numbers that were taken back.
        """
        own = [hearing for hearing in owed if (hearing.order, hearing.due) not in gone]
        pairs = dict.fromkeys((h.order, h.due) for h in owed if (h.order, h.due) in gone)
        for order, due in pairs:
            demand = self._by_id[order]
            for n, place in numbers(demand.times_per_day, gone[order, due]):
                own.append(self._hearing(demand, due, n, place))
        return sorted(own, key=lambda hearing: hearing.precedence)

    def late(self, key: Key) -> Hearing | None:
        """Return a hearing of a day that has passed, None when its order does not owe it any more."""
        order, due, n = key
        demand = self._by_id.get(order)
        if demand is None or demand.ticket is None or demand.fixed_times or demand.level == Level.EMERGENCY:
            return None
        owed = due in self._days_owed(demand, demand.ticket.last)
        return self._hearing(demand, due, n, 0) if owed else None

    def _of_day(self, at: int, due: date) -> tuple[Hearing, ...]:
        demand = self.picture.demands[at]
        pairs = numbers(demand.times_per_day, ())
        return tuple(self._hearing(demand, due, n, place) for n, place in pairs)

    def _hearing(self, demand: Demand, due: date, n: int, place: int) -> Hearing:
        """Return a hearing, made once: stations that are alike are told by it."""
        key = (demand.id, due, n, place)
        if key not in self._made:
            self._made[key] = self._make(demand, due, n, place)
        return self._made[key]

    def _make(self, demand: Demand, due: date, n: int, place: int) -> Hearing:
        ticket, rules = demand.ticket, self.rules
        if ticket is None:
            raise ValueError("an order without a ticket owes nothing")
        wall = fixed_time(demand, place)
        days = days_from(self._days_owed(demand, ticket.last), due, within=rules.carry_within)
        return Hearing(
            order=demand.id,
            due=due,
            n=n,
            turn=_turn(demand.level, fixed=wall is not None),
            ticket=ticket,
            days=days,
            until=demand.last_day,
            ordered_at=to_ms(demand.created_at),
            fixed=None if wall is None else to_ms(instant_at(due, wall, rules.zone)),
            hours=self._hours(demand, days),
            level=demand.level,
            times=demand.times_per_day,
        )

    def _days_owed(self, demand: Demand, last: date) -> list[date]:
        """Return an order's own days, from the first on which anything owed may still be given."""
        if demand.id not in self._own_days:
            picture = self.picture
            end = picture.end + self.rules.carry_within * DAY
            own = owed_days(demand, picture.first, end, picture.calendars)
            self._own_days[demand.id] = own[: bisect_right(own, last)]
        return self._own_days[demand.id]

    def _hours(self, demand: Demand, days: Sequence[date]) -> tuple[tuple[int, int], ...] | None:
        if demand.hours is None:
            return None
        begins, ends = demand.hours
        zone = self.rules.zone
        return tuple((to_ms(instant_at(d, begins, zone)), to_ms(instant_at(d, ends, zone))) for d in days)


def _turn(level: str, *, fixed: bool) -> Turn:
    if level == Level.EMERGENCY:
        return Turn.EMERGENCY
    if fixed:
        return Turn.FIXED
    return Turn.PRIORITY if level == Level.PRIORITY else Turn.NORMAL
