"""Which orders reach a unit on which day (pure, over a picture read before)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduler.hearings import Demand, owed_days
from scheduler.picture import Picture
from scheduler.rules import Rules

Days = tuple[tuple[date, tuple[int, ...]], ...]
"""Day by day the orders (by place in the picture) that reach a unit."""


@dataclass
class Reach:
    """The orders of one picture, by unit and day, as far as `rules` plan from `today` on."""

    picture: Picture
    rules: Rules
    today: date
    _roots: dict[date, dict[int, list[int]]] = field(init=False, repr=False)
    _tagged: dict[date, list[int]] = field(init=False, repr=False)
    _units: dict[int, Days] = field(default_factory=dict, repr=False)
    _alike: dict[tuple[object, ...], Days] = field(default_factory=dict, repr=False)
    _telling: frozenset[int] = field(init=False, repr=False)
    _days: tuple[Sequence[date], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        picture = self.picture
        self._roots = defaultdict(lambda: defaultdict(list))
        self._tagged = defaultdict(list)
        for place, demand in enumerate(picture.demands):
            for day in owed_days(demand, picture.start, picture.end, picture.calendars):
                if demand.ticket is not None and demand.ticket.covers(day):
                    self._take(place, demand, day)
        named = {unit for roots in self._roots.values() for unit in roots}
        tagged = {unit.id for unit in picture.places.units.values() if unit.tags}
        below = {demand.below for demand in picture.demands if demand.below is not None}
        self._telling = frozenset(named | tagged | below)
        days = sorted({*self._roots, *self._tagged})
        ends = (self.rules.planned_until(self.today, weekly=weekly) for weekly in (False, True))
        self._days = tuple(days[: bisect_left(days, end)] for end in ends)

    def _take(self, place: int, demand: Demand, day: date) -> None:
        """Write an order down at the units for which it stands on a day, and by its tags."""
        for unit in {self.picture.places.standing(unit, day) for unit in demand.units} - {None}:
            self._roots[day][unit or 0].append(place)
        if demand.tags:
            self._tagged[day].append(place)

    def days_of(self, unit_id: int) -> Days:
        """Return which orders reach a unit's stations on which day: once merged, they are its successor's."""
        if unit_id not in self._units:
            days = self._days[self.picture.places.weekly(unit_id)]
            self._units[unit_id] = self._planned(unit_id, days)
        return self._units[unit_id]

    def _planned(self, unit_id: int, days: Sequence[date]) -> Days:
        """Return the orders of some days; units are told apart by what orders name on their paths only."""
        places, telling = self.picture.places, self._telling
        standing = places.standing_all(unit_id, days)
        path = {unit: tuple([at for at in places.path(unit) if at in telling]) for unit in standing.values()}
        key = (tuple(standing), tuple([path[unit] for unit in standing.values()]))
        if key not in self._alike:
            self._alike[key] = tuple((day, self._at(unit, day)) for day, unit in standing.items())
        return self._alike[key]

    def orders(self, unit_id: int, day: date) -> list[Demand]:
        """Return the orders that owe a unit something on a day, by id."""
        here = dict(self.days_of(unit_id)).get(day, ())
        return [self.picture.demands[at] for at in here]

    def reaches(self, demand: Demand, unit_id: int) -> bool:
        """Tell whether an order owes a unit something on any day."""
        demands = self.picture.demands
        return any(demands[at] is demand for _, here in self.days_of(unit_id) for at in here)

    def _at(self, unit_id: int, day: date) -> tuple[int, ...]:
        """Return the orders (by place in the picture) that reach a unit in being on a day."""
        path = self.picture.places.path(unit_id)
        here = {at for above in path for at in self._roots[day].get(above, ())}
        here.update(at for at in self._tagged.get(day, ()) if self._wears(unit_id, at))
        return tuple(sorted(at for at in here if self._may_relay(path, at)))

    def _wears(self, unit_id: int, at: int) -> bool:
        return not self.picture.places.tags(unit_id).isdisjoint(self.picture.demands[at].tags)

    def _may_relay(self, path: Sequence[int], at: int) -> bool:
        below = self.picture.demands[at].below
        return below is None or below in path
