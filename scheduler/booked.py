"""Fixed times that stand: what orders before claimed of a station's day, beside its broadcasts (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from content.contracts.airings import Level
from scheduler.calendars import Calendars
from scheduler.hearings import Demand, owed_days
from scheduler.limits import Sitting
from scheduler.places import Places
from scheduler.quiet import instant_at

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Booked:
    """The orders with fixed times, the unit tree, and what their days hang on."""

    demands: tuple[Demand, ...]
    places: Places
    calendars: Calendars
    zone: ZoneInfo
    _near: dict[int, tuple[Demand, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, demands: Iterable[Demand], places: Places, calendars: Calendars, zone: ZoneInfo) -> Booked:
        """Return what of some orders is bound to the clock; emergencies are exempt from every rule."""
        bound = (d for d in demands if d.fixed_times and d.ticket and d.level != Level.EMERGENCY)
        return cls(tuple(bound), places, calendars, zone)

    def without(self, order: int | None) -> Booked:
        """Return the same without one order, whose change is asked about."""
        rest = tuple(demand for demand in self.demands if demand.id != order)
        return Booked(rest, self.places, self.calendars, self.zone)

    def near(self, unit_id: int) -> tuple[Demand, ...]:
        """Return the orders that may reach a unit on some day."""
        if unit_id not in self._near:
            line = frozenset(self.places.line(unit_id))
            tags = frozenset(tag for at in line for tag in self.places.units[at].tags)
            self._near[unit_id] = tuple(d for d in self.demands if self._may_reach(d, line, tags))
        return self._near[unit_id]

    def sittings(self, station: str, unit_id: int, day: date) -> list[Sitting]:
        """Return what is bound to the clock at a station on a local day, in order."""
        return sorted(self._of_day(station, unit_id, day), key=lambda one: one.starts_at)

    def _of_day(self, station: str, unit_id: int, day: date) -> Iterator[Sitting]:
        for demand in self.near(unit_id):
            if (
                demand.ticket is None
                or not demand.ticket.covers(day)
                or not self._reaches(demand, unit_id, day)
            ):
                continue
            if owed_days(demand, day, day + DAY, self.calendars):
                length = timedelta(milliseconds=demand.ticket.length)
                for wall in demand.fixed_times:
                    start = instant_at(day, time.fromisoformat(wall), self.zone)
                    yield Sitting(station, day, start, start + length)

    def _may_reach(self, demand: Demand, line: Collection[int], tags: frozenset[str]) -> bool:
        named = {at for unit in demand.units for at in (unit, *self.places.heirs(unit))}
        return not named.isdisjoint(line) or not tags.isdisjoint(demand.tags)

    def _reaches(self, demand: Demand, unit_id: int, day: date) -> bool:
        here = self.places.standing(unit_id, day)
        if here is None:
            return False
        path = self.places.path(here)
        if demand.below is not None and demand.below not in path:
            return False
        named = (self.places.standing(unit, day) for unit in demand.units)
        return any(at in path for at in named) or not self.places.tags(here).isdisjoint(demand.tags)


def joined(sittings: Sequence[Sitting]) -> list[Sitting]:
    """Return sittings at one station with those that overlap as one: they sound one after the other."""
    found: list[Sitting] = []
    for one in sorted(sittings, key=lambda sitting: sitting.starts_at):
        last = found[-1] if found else None
        if last is not None and last.station == one.station and one.starts_at < last.ends_at:
            ends = last.ends_at + (one.ends_at - one.starts_at)
            found[-1] = Sitting(last.station, last.day, last.starts_at, ends)
        else:
            found.append(one)
    return found


def outside(sittings: Sequence[Sitting], broadcasts: Sequence[Sitting]) -> list[Sitting]:
    """Return what lies whole in none of the broadcasts: each is a session of its own."""
    return [one for one in sittings if not any(_within(one, held) for held in broadcasts)]


def _within(one: Sitting, held: Sitting) -> bool:
    return held.starts_at <= one.starts_at and one.ends_at <= held.ends_at
