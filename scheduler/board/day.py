"""A station's day as one list: its broadcasts, the airings in each, and the gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import FINAL_RANK
from content.units import Tree
from scheduler.board.airings import day_of
from scheduler.board.filling import FREE_AGAIN, RECALLED, Cell
from scheduler.board.week import week_table
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.models.station import Station
from scheduler.recurrence import Broadcast
from scheduler.rules import Rules

LEAST_GAP = timedelta(seconds=5)
"""A shorter silence is no place for anything."""


@dataclass(frozen=True)
class Gap:
    """Silence in a broadcast, `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime

    @property
    def milliseconds(self) -> int:
        """How long it is."""
        return (self.ends_at - self.starts_at) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Sheet:
    """One broadcast (None: what lies in none) and what it is made of, in order of time."""

    broadcast: Broadcast | None
    title: str
    entries: list[Airing | Gap]


@dataclass(frozen=True)
class WardDay:
    """A station's local day: the cell of the week table, its sheets, and hearings that found no room."""

    cell: Cell
    sheets: list[Sheet]
    unplaced: list[tuple[Unplaced, Order]]


def ward_day(
    session: Session,
    station: Station,
    day: date,
    *,
    now: datetime,
    rules: Rules,
    tree: Tree | None = None,
) -> WardDay:
    """Return everything of a station's local day; `tree` if it is at hand."""
    [(_, (cell,))] = week_table(session, [station], day, now=now, rules=rules, days=1, tree=tree).rows
    rows = day_of(session, station.name, day, rules.zone)
    held = {one.broadcast.window for one in cell.broadcasts}
    sheets = [
        Sheet(
            one.broadcast,
            one.title,
            with_gaps(
                one.broadcast, [row for row in rows if row.window_id == one.broadcast.window], rules.gap
            ),
        )
        for one in cell.broadcasts
    ]
    outside: list[Airing | Gap] = [row for row in rows if row.window_id not in held]
    if outside:
        sheets.append(Sheet(None, "", outside))
    return WardDay(cell, sheets, unplaced_on(session, station.name, day))


def with_gaps(broadcast: Broadcast, rows: Iterable[Airing], pause: timedelta) -> list[Airing | Gap]:
    """Return airings in order of time with the silences between them (pure).

    What takes no time any more stands in the list, and its time counts as free.
    """
    found: list[Airing | Gap] = []
    free_from = broadcast.starts_at
    for row in sorted(rows, key=lambda row: (row.starts_at, row.id)):
        if takes_time(row):
            found += _gap(free_from, row.starts_at - pause)
            free_from = max(free_from, ends_at(row) + pause)
        found.append(row)
    return [*found, *_gap(free_from, broadcast.ends_at)]


def takes_time(row: Airing) -> bool:
    """Tell whether an airing has or had its place in the broadcast."""
    recalled = row.recalled_at is not None and row.rank < FINAL_RANK
    return (RECALLED if recalled else row.state) not in FREE_AGAIN


def ends_at(row: Airing) -> datetime:
    """Return when an airing's last sample is planned to have sounded."""
    return row.starts_at + timedelta(milliseconds=row.duration_ms)


def unplaced_on(session: Session, station: str, day: date) -> list[tuple[Unplaced, Order]]:
    """Return the hearings due at a station on `day` that the planner found no room for."""
    query = (
        select(Unplaced, Order)
        .join(Order, Order.id == Unplaced.order_id)
        .where(Unplaced.station == station, Unplaced.due == day)
        .order_by(Unplaced.order_id, Unplaced.n)
    )
    return [(left, order) for left, order in session.execute(query)]


def _gap(start: datetime, end: datetime) -> Sequence[Gap]:
    return [Gap(start, end)] if end - start >= LEAST_GAP else []
