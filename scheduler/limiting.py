"""Holding windows and orders against the rules: reads what is there, lets `limits` decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from content.units import Tree
from scheduler.booked import Booked, joined, outside
from scheduler.calendars import Calendars, load_calendars
from scheduler.exceptions import LONGEST, Exceptions, load_exceptions
from scheduler.limits import Breach, Ruling, Sitting, apart, breaches
from scheduler.models.rule import RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.picture import read_demands
from scheduler.places import load_places
from scheduler.quiet import instant_at
from scheduler.recurrence import DAY, broadcasts
from scheduler.rulebook import Book, load_book
from scheduler.rules import Rules

LOOK_AHEAD = timedelta(days=366)
"""How far a window without an end is looked ahead: less than the longest exception, for one that is asked
for today is answered some days later."""


@dataclass(frozen=True)
class Law:
    """Rules, exceptions and calendars, read once; `windows` are those of every station asked about."""

    book: Book
    exceptions: Exceptions
    calendars: Calendars
    rules: Rules

    def sittings(self, windows: Iterable[Window], start: date, end: date) -> dict[date, list[Sitting]]:
        """Return local day → the broadcasts of some windows on `start <= day < end`."""
        found: dict[date, list[Sitting]] = defaultdict(list)
        for window in windows:
            held = broadcasts(window, start=start, end=end, zone=self.rules.zone, calendars=self.calendars)
            for one in held:
                found[one.day].append(
                    Sitting(window.station, one.day, one.starts_at, one.ends_at, window.level_cap_mdb)
                )
        return found


def load_law(session: Session, rules: Rules, tree: Tree | None = None) -> Law:
    """Read every rule, approved exception and calendar, and the unit tree unless it is given."""
    return Law(load_book(session, tree), load_exceptions(session), load_calendars(session), rules)


def breaches_of_windows(
    session: Session, law: Law, station: Station, windows: Sequence[Window], *, start: date, end: date
) -> list[Breach]:
    """Return what a station's windows break on the days `start <= day < end`, each rule once a day.

    Approved exceptions are not taken into account: `require_windows` does, and reports list them.
    """
    rulings = law.book.of_unit(station.unit_id)
    if not rulings:
        return []
    days = law.sittings(windows, start, end)
    others = law.sittings(_windows(session, apart_ever(rulings, station.name)), start, end)
    zone = law.rules.zone
    return [
        breach
        for day in sorted(days)
        for breach in breaches(days[day], rulings, day=day, zone=zone, others=_around(others, day))
    ]


def require_window(
    session: Session,
    law: Law,
    station: Station,
    window: Window,
    beside: Sequence[Window],
    *,
    start: date,
    days: Collection[date] | None = None,
    booked: Booked | None = None,
) -> list[RuleException]:
    """Return the exceptions a new window needs; raise the first breach that it adds and none allows.

    Fixed times of orders that stand are sessions of their own, unless they lie in a broadcast.  With
    `days` it is only asked about those: what the window had before them was asked before.
    """
    rulings = law.book.of_unit(station.unit_id)
    if not rulings:
        return []
    end = start + LOOK_AHEAD if days is None else max(days) + DAY
    new, old = law.sittings([window], start, end), law.sittings(beside, start, end)
    booked = booked or read_booked(session, law, start, end)
    around = _Around.of(session, law, station, (start, end), booked)
    found = []
    for day in sorted(new if days is None else new.keys() & set(days)):
        there, along = old.get(day, []), [*old.get(day, []), *new[day]]
        bound = booked.sittings(station.name, station.unit_id, day)
        change = _Change(new[day], [*there, *_apart(bound, there)], [*along, *_apart(bound, along)])
        found += _added(law, rulings, change, others=around.on(day))
    return _allowed(law, station, found, endless=window.last_day is None)


def require_fixed_times(
    session: Session,
    law: Law,
    stations: Sequence[Station],
    windows: dict[str, list[Window]],
    *,
    times: Sequence[time],
    days: Sequence[date],
    duration: timedelta,
    of: int | None = None,
) -> list[RuleException]:
    """Return the exceptions an order at fixed times needs; raise the first breach that none allows.

    What lies outside of every broadcast is a session of its own, beside those that other orders (all but
    the one numbered `of`, which is being changed) have there.  Stations that are alike are asked once.
    """
    used: list[RuleException] = []
    asked: set[tuple[object, ...]] = set()
    booked = read_booked(session, law, min(days), max(days) + DAY, without=of)
    fixed = _Fixed(times, days, duration, frozenset(station.name for station in stations), booked)
    for station in stations:
        held, rulings = windows.get(station.name, []), law.book.of_unit(station.unit_id)
        where = station.unit_id if law.exceptions.rows else 0
        apart_from = apart_ever(rulings, station.name)
        others = tuple(demand.id for demand in booked.near(station.unit_id))
        alike = (tuple(r.id for r in rulings), where, apart_from, others, tuple(map(_shape, held)))
        if rulings and alike not in asked:
            asked.add(alike)
            used += _fixed(session, law, station, held, fixed)
    return list(dict.fromkeys(used))


def read_booked(session: Session, law: Law, start: date, end: date, *, without: int | None = None) -> Booked:
    """Read which orders are bound to the clock on `start <= day < end`."""
    demands = read_demands(session, start, end, law.rules)
    return Booked.of(demands, load_places(session), law.calendars, law.rules.zone).without(without)


def apart_ever(rulings: Iterable[Ruling], station: str) -> frozenset[str]:
    """Return the stations that on some day must be silent while `station` sounds."""
    rules = list(rulings)
    return frozenset(name for rule in rules for name in apart([rule], station, rule.valid_from))


@dataclass(frozen=True)
class _Fixed:
    """Fixed times that are asked for, the stations that would all have them, and those that stand."""

    times: Sequence[time]
    days: Sequence[date]
    duration: timedelta
    reached: frozenset[str]
    booked: Booked

    def sittings(self, station: str, day: date, law: Law) -> list[Sitting]:
        starts = [instant_at(day, wall, law.rules.zone) for wall in self.times]
        return [Sitting(station, day, start, start + self.duration) for start in starts]


@dataclass(frozen=True)
class _Around:
    """What sounds at the stations that must not sound together with one: day → sittings, and fixed times."""

    windows: dict[date, list[Sitting]]
    units: dict[str, int]
    booked: Booked

    @classmethod
    def of(
        cls, session: Session, law: Law, station: Station, span: tuple[date, date], booked: Booked
    ) -> _Around:
        """Read what sounds around a station on the days `span[0] <= day < span[1]`."""
        names = apart_ever(law.book.of_unit(station.unit_id), station.name)
        query = select(Station.name, Station.unit_id).where(Station.name.in_(names))
        units = {name: unit for name, unit in session.execute(query)} if names else {}  # noqa: C416 (typed)
        return cls(law.sittings(_windows(session, names), *span), units, booked)

    def on(self, day: date) -> list[Sitting]:
        """Return what sounds elsewhere on `day` or runs into it from the days beside."""
        near = (day - DAY, day, day + DAY)
        held = [one for at in near for one in self.windows.get(at, ())]
        units = self.units.items()
        return [
            *held,
            *(one for at in near for name, u in units for one in self.booked.sittings(name, u, at)),
        ]


def _fixed(
    session: Session, law: Law, station: Station, windows: Sequence[Window], fixed: _Fixed
) -> list[RuleException]:
    rulings = law.book.of_unit(station.unit_id)
    first, end = min(fixed.days), max(fixed.days) + DAY
    held = law.sittings(windows, first, end)
    booked, around = fixed.booked, _Around.of(session, law, station, (first, end), fixed.booked)
    along = fixed.reached & around.units.keys()
    added: list[Breach] = []
    for day in fixed.days:
        there, bound = held.get(day, []), booked.sittings(station.name, station.unit_id, day)
        new = outside(fixed.sittings(station.name, day, law), there)
        change = _Change(new, [*there, *_apart(bound, there)], [*there, *_apart([*bound, *new], there)])
        others = [*around.on(day), *(one for name in along for one in fixed.sittings(name, day, law))]
        added += _added(law, rulings, change, others=others, subject="order")
    return _allowed(law, station, added)


def _apart(bound: Sequence[Sitting], broadcasts: Sequence[Sitting]) -> list[Sitting]:
    """Return the sessions that fixed times make beside the broadcasts of a day."""
    return joined(outside(bound, broadcasts))


@dataclass(frozen=True)
class _Change:
    """A day's sittings: the new ones, all that were there before, all that would be there."""

    new: Sequence[Sitting]
    before: Sequence[Sitting]
    whole: Sequence[Sitting]


def _added(
    law: Law,
    rulings: Sequence[Ruling],
    change: _Change,
    *,
    others: Sequence[Sitting],
    subject: str = "window",
) -> list[Breach]:
    """Return what the new sittings of a day break by themselves, or break more than the old did."""
    if not change.new:
        return []
    day, zone = change.new[0].day, law.rules.zone
    alone = {b.rule for b in breaches(change.new, rulings, day=day, zone=zone, others=others)}
    before = {b.rule: b.facts for b in breaches(change.before, rulings, day=day, zone=zone, others=others)}
    whole = breaches(change.whole, rulings, day=day, zone=zone, others=others, subject=subject)
    return [b for b in whole if b.rule in alone or before.get(b.rule) != b.facts]


def _allowed(
    law: Law, station: Station, found: Sequence[Breach], *, endless: bool = False
) -> list[RuleException]:
    """Return the exceptions that allow the breaches; of each rule the first that none allows is told."""
    above = law.book.tree.path(station.unit_id)
    allowed = [(breach, law.exceptions.covering(breach, above)) for breach in found]
    refused: dict[int, list[Breach]] = defaultdict(list)
    until: dict[int, date] = {}
    for breach, by in allowed:
        if by is None:
            refused[breach.rule].append(breach)
        else:
            until[breach.rule] = max(by.last_day, until.get(breach.rule, by.last_day))
    if refused:
        first, *others = (_refusal(some, until.get(rule), endless) for rule, some in refused.items())
        raise InvalidInputError(first.template, field=first.field, **first.facts, also=tuple(others))
    return list(dict.fromkeys(by for _, by in allowed if by is not None))


def _refusal(breaches: Sequence[Breach], until: date | None, endless: bool) -> InvalidInputError:
    """Return the refusal of the first breach of a rule.

    Its facts tell up to which day an exception would have to reach (`last`), and up to which day one that
    was approved reaches (`until`, None: there is none).
    """
    error, first = breaches[0].error(), breaches[0].day
    last = first + LONGEST if endless else breaches[-1].day
    return InvalidInputError(error.template, field=error.field, **error.facts, last=last, until=until)


def _windows(session: Session, stations: Collection[str]) -> list[Window]:
    query = select(Window).where(Window.station.in_(stations)).order_by(Window.id)
    return list(session.scalars(query)) if stations else []


def _around(days: dict[date, list[Sitting]], day: date) -> list[Sitting]:
    """Return what sounds elsewhere on `day` or runs into it from the days beside."""
    return [one for near in (day - DAY, day, day + DAY) for one in days.get(near, ())]


def _shape(window: Window) -> tuple[object, ...]:
    lists = (*map(tuple, (window.exdates or (), window.rdates or (), window.calendars or ())),)
    days = (window.rrule, window.lunar, window.first_day, window.last_day, *lists)
    return (*days, window.local_start, window.budget_ms)
