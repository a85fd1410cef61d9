"""Holding windows and orders against the rules: reads what is there, lets `limits` decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.units import Tree
from scheduler.calendars import Calendars, load_calendars
from scheduler.exceptions import Exceptions, load_exceptions
from scheduler.limits import Breach, Ruling, Sitting, apart, breaches
from scheduler.models.rule import RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import instant_at
from scheduler.recurrence import DAY, broadcasts
from scheduler.rulebook import Book, load_book
from scheduler.rules import Rules

LOOK_AHEAD = timedelta(days=400)


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
    others = law.sittings(_neighbours(session, rulings, station.name), start, end)
    zone = law.rules.zone
    return [
        breach
        for day in sorted(days)
        for breach in breaches(days[day], rulings, day=day, zone=zone, others=_around(others, day))
    ]


def require_window(
    session: Session, law: Law, station: Station, window: Window, beside: Sequence[Window], *, start: date
) -> list[RuleException]:
    """Return the exceptions a new window needs; raise the first breach that it adds and none allows."""
    end, rulings = start + LOOK_AHEAD, law.book.of_unit(station.unit_id)
    if not rulings:
        return []
    new, old = law.sittings([window], start, end), law.sittings(beside, start, end)
    others = law.sittings(_neighbours(session, rulings, station.name), start, end)
    found = [
        breach
        for day in sorted(new)
        for breach in _added(law, rulings, new[day], old.get(day, []), others=_around(others, day))
    ]
    return _allowed(law, station, found)


def require_fixed_times(
    session: Session,
    law: Law,
    stations: Iterable[Station],
    windows: dict[str, list[Window]],
    *,
    times: Sequence[time],
    days: Sequence[date],
    duration: timedelta,
) -> list[RuleException]:
    """Return the exceptions an order at fixed times needs; raise the first breach that none allows.

    What lies outside of every broadcast is a session of its own.  Stations that are alike are asked once.
    """
    used: list[RuleException] = []
    asked: set[tuple[object, ...]] = set()
    for station in stations:
        held, rulings = windows.get(station.name, []), law.book.of_unit(station.unit_id)
        where = station.unit_id if law.exceptions.rows else 0
        apart_from = apart_ever(rulings, station.name)
        alike = (tuple(r.id for r in rulings), where, apart_from, tuple(map(_shape, held)))
        if rulings and alike not in asked:
            asked.add(alike)
            used += _fixed(session, law, station, held, _Fixed(times, days, duration))
    return list(dict.fromkeys(used))


def apart_ever(rulings: Iterable[Ruling], station: str) -> frozenset[str]:
    """Return the stations that on some day must be silent while `station` sounds."""
    rules = list(rulings)
    return frozenset(name for rule in rules for name in apart([rule], station, rule.valid_from))


@dataclass(frozen=True)
class _Fixed:
    times: Sequence[time]
    days: Sequence[date]
    duration: timedelta

    def sittings(self, station: str, day: date, inside: Sequence[Sitting], law: Law) -> list[Sitting]:
        starts = [instant_at(day, wall, law.rules.zone) for wall in self.times]
        return [
            Sitting(station, day, start, start + self.duration)
            for start in starts
            if not any(_within(start, start + self.duration, one) for one in inside)
        ]


def _fixed(
    session: Session, law: Law, station: Station, windows: Sequence[Window], fixed: _Fixed
) -> list[RuleException]:
    rulings = law.book.of_unit(station.unit_id)
    first, end = min(fixed.days), max(fixed.days) + DAY
    held = law.sittings(windows, first, end)
    others = law.sittings(_neighbours(session, rulings, station.name), first, end)
    added: list[Breach] = []
    for day in fixed.days:
        there = held.get(day, [])
        new = fixed.sittings(station.name, day, there, law)
        added += _added(law, rulings, new, there, others=_around(others, day), subject="order")
    return _allowed(law, station, added)


def _added(
    law: Law,
    rulings: Sequence[Ruling],
    new: Sequence[Sitting],
    old: Sequence[Sitting],
    *,
    others: Sequence[Sitting],
    subject: str = "window",
) -> list[Breach]:
    """Return what the `new` sittings of a day break by themselves, or break more than the `old` did."""
    if not new:
        return []
    day, zone = new[0].day, law.rules.zone
    alone = {b.rule for b in breaches(new, rulings, day=day, zone=zone, others=others)}
    before = {b.rule: b.facts for b in breaches(old, rulings, day=day, zone=zone, others=others)}
    whole = breaches([*old, *new], rulings, day=day, zone=zone, others=others, subject=subject)
    return [b for b in whole if b.rule in alone or before.get(b.rule) != b.facts]


def _allowed(law: Law, station: Station, found: Sequence[Breach]) -> list[RuleException]:
    above = law.book.tree.path(station.unit_id)
    used = []
    for breach in found:
        allowed = law.exceptions.covering(breach, above)
        if allowed is None:
            raise breach.error()
        used.append(allowed)
    return list(dict.fromkeys(used))


def _neighbours(session: Session, rulings: Iterable[Ruling], station: str) -> list[Window]:
    names = apart_ever(rulings, station)
    query = select(Window).where(Window.station.in_(names)).order_by(Window.id)
    return list(session.scalars(query)) if names else []


def _around(days: dict[date, list[Sitting]], day: date) -> list[Sitting]:
    """Return what sounds elsewhere on `day` or runs into it from the days beside."""
    return [one for near in (day - DAY, day, day + DAY) for one in days.get(near, ())]


def _within(start: datetime, end: datetime, sitting: Sitting) -> bool:
    return sitting.starts_at <= start and end <= sitting.ends_at


def _shape(window: Window) -> tuple[object, ...]:
    lists = (*map(tuple, (window.exdates or (), window.rdates or (), window.calendars or ())),)
    days = (window.rrule, window.lunar, window.first_day, window.last_day, *lists)
    return (*days, window.local_start, window.budget_ms)
