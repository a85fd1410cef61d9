"""From a station's windows and the rules there to the broadcasts that may be held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from scheduler.calendars import Calendars
from scheduler.exceptions import Exceptions
from scheduler.hearings import DAY
from scheduler.limits import (
    DAY_MINUTES,
    MINUTE_MS,
    QUIET,
    SESSION_MINUTES,
    TOGETHER,
    Breach,
    Ruling,
    Sitting,
    breaches,
    handed_over,
    level_cap,
    room_beside,
    silences,
)
from scheduler.models.rule import RuleException
from scheduler.models.window import Window
from scheduler.moments import to_ms
from scheduler.places import Places
from scheduler.quiet import instant_at, span_from
from scheduler.recurrence import Broadcast, broadcasts
from scheduler.rules import Rules
from scheduler.sessions import Outside
from scheduler.shares import Frame, Timetable
from scheduler.timeline import Spans, merged

_MINUTES = (SESSION_MINUTES, DAY_MINUTES)
Shape = tuple[Any, ...]
_LAWLESS: Shape = ((), (), None)
"""What tells two stations apart where there are no rules."""


class WindowRow(NamedTuple):
    """A window as the planner reads it; see `scheduler.models.window.Window`."""

    id: int
    station: str
    rrule: str
    local_start: str
    budget_ms: int
    first_day: date
    last_day: date | None
    enforce_limits: bool
    exdates: Sequence[str]
    rdates: Sequence[str]
    lunar: str | None
    calendars: Sequence[str]
    level_cap_mdb: int | None = None


@dataclass(frozen=True)
class Site:
    """A station with what decides its broadcasts: its windows (by id) and the rules that reach it."""

    station: str
    path: tuple[int, ...]
    windows: Sequence[WindowRow]
    rulings: tuple[Ruling, ...] = ()


@dataclass
class Timetables:
    """Makes timetables of the local days `start <= day < stop`; stations that are alike share theirs.

    From `until` on they hold only the first `carry` days with broadcasts, on which what found no room may
    still be given; from `since` on it is known on which days there were some.
    `near` are the windows of stations that must not sound together with another one, `near_fixed` what
    is bound to the clock there: (day, from, until), however late it begins.
    """

    start: date
    stop: date
    rules: Rules
    calendars: Calendars
    exceptions: Exceptions
    places: Places
    rulings: Sequence[Ruling]
    near: Mapping[str, Sequence[WindowRow]] = field(default_factory=dict)
    near_fixed: Mapping[str, Sequence[tuple[date, int, int]]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    _made: dict[Shape, Timetable] = field(default_factory=dict, repr=False)
    _held: dict[Shape, list[Broadcast]] = field(default_factory=dict, repr=False)
    _rulings: dict[int, tuple[Ruling, ...]] = field(default_factory=dict, repr=False)

    def of(self, station: str, unit_id: int, windows: Sequence[WindowRow]) -> Timetable:
        """Return a station's timetable; its frames count `windows` from 0."""
        shapes = tuple(map(shape, windows))
        if not self.rulings and not self.exceptions.rows and (shapes, *_LAWLESS) in self._made:
            return self._made[shapes, *_LAWLESS]
        site = Site(station, self.places.line(unit_id), windows, self._rules_at(unit_id))
        key = (shapes, *self._law_of(site))
        if key not in self._made:
            self._made[key] = self._make(site)
        return self._made[key]

    def _rules_at(self, unit_id: int) -> tuple[Ruling, ...]:
        if not self.rulings:
            return ()
        if unit_id not in self._rulings:
            path, tags = self.places.path(unit_id), self.places.tags(unit_id)
            own = tuple(r for r in self.rulings if _reaches(r, path, tags))
            here = self.places.units[unit_id]
            if here.successor is not None and here.valid_to is not None:
                own = handed_over(own, self._rules_at(here.successor), here.valid_to)
            self._rulings[unit_id] = own
        return self._rulings[unit_id]

    def _law_of(self, site: Site) -> Shape:
        """Return what of the rules tells two stations apart."""
        mine = tuple(row.id for row in self._allowed(site))
        alone = mine or _is_paired(site)
        spans = tuple((ruling.id, ruling.valid_from, ruling.valid_to) for ruling in site.rulings)
        return spans, mine, site.station if alone else None

    def _make(self, site: Site) -> Timetable:
        held = sorted(
            (one.starts_at, one.ends_at, one.day, number, one)
            for number, window in enumerate(site.windows)
            for one in self._broadcasts(window)
        )
        found = [replace(one, window=number) for _, _, _, number, one in held]
        if site.rulings:
            found = list(self._lawful(found, site))
        days = {one.day for one in found}
        found = list(self._in_reach(found, days))
        own = {row.window_id for row in self._allowed(site)}
        silent = {
            window.id: self._silence(site, window.id if window.id in own else None) for window in site.windows
        }
        frames = tuple(
            _frame(one, silent[site.windows[one.window].id] if one.enforced else (), self._gain(one, site))
            for one in found
        )
        gains = {day: gain for day in self._days() if (gain := self._gain_outside(site, day))}
        if self._lenient(site):
            return Timetable(frames, gains=gains, held=days)
        excused = frozenset(row.order_id for row in self._allowed(site) if row.order_id is not None)
        return Timetable(
            frames,
            self._silence(site),
            self._quiet_everywhere(site),
            excused,
            tuple(self._outside(site, frames)),
            gains,
            paired=_is_paired(site),
            held=days,
        )

    def _in_reach(self, held: Sequence[Broadcast], days: Collection[date]) -> Iterator[Broadcast]:
        """Give the broadcasts that are planned, and those that what finds no room in them may wait for."""
        until = self.until or self.stop
        later = sorted(day for day in days if day >= until)[: self.rules.carry_days]
        last = later[-1] if later else until
        return (one for one in held if self.start <= one.day <= last)

    def _gain(self, one: Broadcast, site: Site) -> int:
        """Return how loud a broadcast may be: its window's cap and the rules that nothing lifts."""
        window = site.windows[one.window]
        return level_cap(self._binding(site, one.day, window.id), one.day, window.level_cap_mdb) or 0

    def _gain_outside(self, site: Site, day: date) -> int:
        return level_cap(self._binding(site, day, None), day) or 0

    def _outside(self, site: Site, frames: Sequence[Frame]) -> Iterator[Outside]:
        """Give what the rules leave beside the broadcasts, of the days on which they bound it."""
        for day in self._days() if site.rulings else ():
            binding = [ruling for ruling in self._binding(site, day, None) if ruling.holds(day)]
            held = [frame.ends - frame.starts for frame in frames if frame.day == day and frame.enforced]
            left = room_beside(binding, day, held)
            if any(bound is not None for bound in left):
                starts, ends = (to_ms(instant_at(at, time(), self.rules.zone)) for at in (day, day + DAY))
                yield Outside(starts, ends, *left)

    def _allowed(self, site: Site) -> list[RuleException]:
        return [row for row in self.exceptions.rows if row.unit_id in site.path]

    def _broadcasts(self, window: WindowRow) -> list[Broadcast]:
        key = shape(window)
        if key not in self._held:
            self._held[key] = list(
                broadcasts(
                    Window(**window._asdict()),
                    start=self.since or self.start,
                    end=self.stop,
                    zone=self.rules.zone,
                    calendars=self.calendars,
                    rehearsal=self.rules.rehearsal,
                )
            )
        return self._held[key]

    def _lenient(self, site: Site) -> bool:
        """Tell whether quiet hours are only reported outside of broadcasts too."""
        return self.rules.rehearsal and any(not window.enforce_limits for window in site.windows)

    def _lawful(self, held: list[Broadcast], site: Site) -> Iterator[Broadcast]:
        """Give the broadcasts that the rules allow, shortened where they bound minutes."""
        for day, group in groupby(
            sorted(held, key=lambda one: (one.day, one.starts_at)), lambda one: one.day
        ):
            kept: list[Broadcast] = []
            for one in group:
                fits = self._fitting(one, kept, site, day) if one.enforced else one
                if fits is not None:
                    kept.append(fits)
            yield from kept

    def _fitting(self, one: Broadcast, kept: Sequence[Broadcast], site: Site, day: date) -> Broadcast | None:
        found = self._breaches([*kept, one], one, site, day)
        minutes = [breach for breach in found if breach.kind in _MINUTES]
        if minutes and len(minutes) == len(found):
            one = self._shortened(one, kept, minutes)
            found = self._breaches([*kept, one], one, site, day)
        return None if found or one.starts_at >= one.ends_at else one

    def _breaches(self, held: Sequence[Broadcast], newest: Broadcast, site: Site, day: date) -> list[Breach]:
        """Return what the newest breaks; silences are kept by the places, not by the broadcast."""
        sittings = [Sitting(site.station, day, one.starts_at, one.ends_at) for one in held]
        rulings = [r for r in site.rulings if r.kind not in {QUIET, TOGETHER, "sensitive"}]
        found = breaches(sittings, rulings, day=day, zone=self.rules.zone)
        window = site.windows[newest.window].id
        return self.exceptions.uncovered(found, site.path, window=window)

    def _shortened(self, one: Broadcast, kept: Sequence[Broadcast], minutes: Sequence[Breach]) -> Broadcast:
        length = one.ends_at - one.starts_at
        before = sum((other.ends_at - other.starts_at for other in kept), timedelta())
        for breach in minutes:
            most = timedelta(milliseconds=breach.facts["most"] * MINUTE_MS)
            length = min(length, most if breach.kind == SESSION_MINUTES else most - before)
        return replace(one, ends_at=one.starts_at + length)

    def _silence(self, site: Site, window: int | None = None) -> Spans:
        """Return the spans in which the station is silent, by quiet hours, rules and its neighbours."""
        days = self._days()
        own = (s for day in days for s in self._spans(silences(self._binding(site, day, window), day), day))
        return merged([*self._quiet_everywhere(site), *own, *self._neighbours(site)])

    def _quiet_everywhere(self, site: Site) -> Spans:
        strict = [ruling for ruling in site.rulings if ruling.kind == QUIET]
        days = self._days()
        return merged(
            s for day in days for s in self._spans([*self.rules.quiet, *silences(strict, day)], day)
        )

    def _spans(self, quiet: Iterable[Any], day: date) -> Iterator[tuple[int, int]]:
        for one in quiet:
            start, end = span_from(one, day, self.rules.zone)
            yield to_ms(start), to_ms(end)

    def _days(self) -> list[date]:
        return [self.start + n * DAY for n in range(-1, (self.stop - self.start).days + 2)]

    def _binding(self, site: Site, day: date, window: int | None) -> list[Ruling]:
        """Return the rules that no exception lifts on `day`, for everything or for a window."""
        covering = self.exceptions.covering
        rulings = site.rulings
        return [r for r in rulings if covering(_as_breach(r, day), site.path, window=window) is None]

    def _neighbours(self, site: Site) -> Iterator[tuple[int, int]]:
        """Give the broadcasts of those who go first (by name) where two must not sound together."""
        for ruling in site.rulings:
            if ruling.kind != TOGETHER or site.station not in ruling.value["stations"]:
                continue
            first = [name for name in ruling.value["stations"] if name < site.station]
            for window in (window for name in first for window in self.near.get(name, ())):
                for one in self._broadcasts(window):
                    if ruling.holds(one.day):
                        yield to_ms(one.starts_at), to_ms(one.ends_at)
            for day, starts, ends in (span for name in first for span in self.near_fixed.get(name, ())):
                if ruling.holds(day):
                    yield starts, ends


def shape(window: WindowRow) -> Shape:
    """Return everything of a window that decides its broadcasts."""
    days = (tuple(window.exdates or ()), tuple(window.rdates or ()), tuple(window.calendars or ()))
    span = (window.local_start, window.budget_ms, window.first_day, window.last_day, window.level_cap_mdb)
    return (window.rrule, window.lunar, window.enforce_limits, *span, *days)


def grouped_near(rulings: Iterable[Ruling]) -> set[str]:
    """Return the stations named by rules that keep stations apart."""
    return {name for ruling in rulings if ruling.kind == TOGETHER for name in ruling.value["stations"]}


def _is_paired(site: Site) -> bool:
    """Tell whether a rule keeps the station apart from others."""
    return any(site.station in r.value["stations"] for r in site.rulings if r.kind == TOGETHER)


def _frame(one: Broadcast, quiet: Spans, gain: int) -> Frame:
    starts, ends = to_ms(one.starts_at), to_ms(one.ends_at)
    touching = tuple(span for span in quiet if span[0] <= ends and starts < span[1])
    return Frame(starts, ends, one.day, one.window, one.enforced, touching, gain)


def _as_breach(ruling: Ruling, day: date) -> Breach:
    return Breach(ruling.id, ruling.kind, ruling.citation, day, {}, "")


def _reaches(ruling: Ruling, path: Sequence[int], tags: frozenset[str]) -> bool:
    if ruling.unit_id is not None:
        return ruling.unit_id in path
    return ruling.tag is None or ruling.tag in tags
