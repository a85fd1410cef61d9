"""The week table: stations down, days across, each cell a day with its broadcasts and how full they are.

A page asks for the stations of one screen.  Their airings are one range of the index each; days that
are not planned yet have none, and their free seconds come from the windows alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from content.units import Tree
from scheduler.board.airtime import Airtime, airtime_of
from scheduler.board.breaking import Breaking, Held
from scheduler.board.filling import Cell, Lying, fill
from scheduler.board.lying import airings_of, voiced_at
from scheduler.limiting import Law, load_law
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quotas import load_quotas
from scheduler.recurrence import broadcasts
from scheduler.rules import Rules
from scheduler.windows import windows_of

DAY = timedelta(days=1)
WEEK_DAYS = 7


@dataclass(frozen=True)
class Total:
    """What a day's cells hold together."""

    day: date
    budget_ms: int
    used_ms: int
    free_ms: int
    airings: int
    over: int
    under: int
    broken: int


@dataclass(frozen=True)
class WeekTable:
    """Stations in the order asked for, a cell a day; totals a day; airtime a programme."""

    days: tuple[date, ...]
    rows: list[tuple[Station, tuple[Cell, ...]]]
    airtime: list[Airtime] = field(default_factory=list)

    @property
    def totals(self) -> list[Total]:
        """What each day's cells hold together."""
        columns = zip(self.days, zip(*(cells for _, cells in self.rows), strict=True), strict=True)
        return [_total(day, cells) for day, cells in columns] if self.rows else []


def week_table(
    session: Session,
    stations: Sequence[Station],
    start: date,
    *,
    now: datetime,
    rules: Rules,
    days: int = WEEK_DAYS,
    tree: Tree | None = None,
) -> WeekTable:
    """Return the table of some stations for `days` local days from `start`; `tree` if it is at hand."""
    span = tuple(start + n * DAY for n in range(days))
    law = load_law(session, rules, tree)
    names = [station.name for station in stations]
    windows = windows_of(session, names)
    held = held_broadcasts([w for ws in windows.values() for w in ws], law, start, start + days * DAY)
    lying = airings_of(session, names, span, now=now, rules=rules)
    broken = Breaking(session, law, windows, held, span)
    today = rules.day_of(now)
    by_cell: dict[tuple[str, date], list[Lying]] = defaultdict(list)
    for one in lying:
        by_cell[one.station, one.day].append(one)
    rows = [
        (
            station,
            tuple(
                fill(
                    station.name,
                    day,
                    held.get((station.name, day), ()),
                    by_cell.get((station.name, day), ()),
                    rules=rules,
                    breaches=broken.on(station, day),
                    is_coming=today <= day < today + rules.horizon_days * DAY,
                )
                for day in span
            ),
        )
        for station in stations
    ]
    voiced = voiced_at(session, names, span, now=now, rules=rules)
    return WeekTable(span, rows, airtime_of(voiced, stations, load_quotas(session), law.book.tree))


def held_broadcasts(windows: Iterable[Window], law: Law, start: date, end: date) -> Held:
    """Return the broadcasts of windows on the local days `start <= day < end`."""
    found: Held = defaultdict(list)
    for window in windows:
        for one in broadcasts(
            window,
            start=start,
            end=end,
            zone=law.rules.zone,
            calendars=law.calendars,
            rehearsal=law.rules.rehearsal,
        ):
            found[window.station, one.day].append((one, window.title))
    for day in found.values():
        day.sort()
    return found


def _total(day: date, cells: Sequence[Cell]) -> Total:
    return Total(
        day,
        budget_ms=sum(cell.budget_ms for cell in cells),
        used_ms=sum(cell.used_ms for cell in cells),
        free_ms=sum(cell.free_ms for cell in cells),
        airings=sum(cell.airings for cell in cells),
        over=sum(cell.is_over for cell in cells),
        under=sum(cell.is_under for cell in cells),
        broken=sum(bool(cell.breaches) for cell in cells),
    )
