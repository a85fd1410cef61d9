"""What a planning run looks at, read in a handful of queries: broadcasts, orders, approvals, rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content.contracts.airings import Reason
from content.units import Tree, load_tree
from scheduler.calendars import Calendars, load_calendars
from scheduler.hearings import DAY, owed_days
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.recurrence import Broadcast, broadcasts
from scheduler.rules import Rules
from scheduler.voiding import Approvals, approvals_on
from scheduler.windows import windows_of
from scheduler.wishes import lenient


@dataclass
class Desk:
    """One station's share: its broadcasts and rows; `enforced`: quiet hours hold outside broadcasts."""

    station: Station
    broadcasts: list[Broadcast]
    enforced: bool
    rows: dict[str, Airing] = field(default_factory=dict)
    withdrawn: dict[tuple[int, date], set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: Airing) -> None:
        """Lay a row on the desk; note the numbers whose wording was taken back."""
        self.rows[row.id] = row
        if row.reason == Reason.RECALLED and row.order_id and row.due and row.n:
            self.withdrawn[row.order_id, row.due].add(row.n)


@dataclass(frozen=True)
class Picture:
    """Everything of the local days `start <= day < end`."""

    start: date
    end: date
    desks: list[Desk]
    orders: list[Order]
    approvals: Approvals
    tree: Tree

    def reached(self, order: Order, day: date) -> Iterator[Desk]:
        """Give the stations that an order reaches on `day`, mergers of units followed."""
        units: set[int] = set()
        for named in order.units:
            root = self.tree.standing(named.unit_id, day)
            units.update(unit.id for unit in (self.tree.below(root.id, day) if root else ()))
        return (desk for desk in self.desks if desk.station.unit_id in units)


def read_picture(session: Session, now: datetime, rules: Rules) -> Picture:
    """Read what planning at `now` needs: from the days that may still be made up to the horizon."""
    today = rules.day_of(now)
    start, end = today - rules.carry_days * DAY, today + rules.horizon_days * DAY
    desks = _desks(session, start, end, rules)
    _lay_rows(session, desks, start, now - rules.repeat - rules.emergency_slack)
    orders = _orders(session, start, end)
    return Picture(start, end, desks, orders, _approvals(session, orders, start, end), load_tree(session))


def _desks(session: Session, start: date, end: date, rules: Rules) -> list[Desk]:
    query = select(Station).where(Station.retired_at.is_(None)).order_by(Station.name)
    stations = list(session.scalars(query))
    windows = windows_of(session, [station.name for station in stations])
    days, stop = load_calendars(session), end + rules.carry_days * DAY
    return [
        _desk(station, windows.get(station.name, []), start, stop, days=days, rules=rules)
        for station in stations
    ]


def _desk(
    station: Station, windows: list[Window], start: date, stop: date, *, days: Calendars, rules: Rules
) -> Desk:
    held = (
        broadcast
        for window in windows
        for broadcast in broadcasts(
            window, start=start, end=stop, zone=rules.zone, calendars=days, rehearsal=rules.rehearsal
        )
    )
    return Desk(station, sorted(held), enforced=not lenient({station.name: windows}, rules))


def _lay_rows(session: Session, desks: list[Desk], start: date, since: datetime) -> None:
    by_name = {desk.station.name: desk for desk in desks}
    query = select(Airing).where(or_(Airing.due >= start, Airing.starts_at >= since)).order_by(Airing.id)
    for row in session.scalars(query):
        if row.station in by_name:
            by_name[row.station].add(row)


def _orders(session: Session, start: date, end: date) -> list[Order]:
    query = select(Order).where(Order.cancelled_at.is_(None), Order.first_day < end, Order.last_day >= start)
    return list(session.scalars(query.order_by(Order.id)))


def _approvals(session: Session, orders: list[Order], start: date, end: date) -> Approvals:
    wanted: dict[date, set[int]] = defaultdict(set)
    for order in orders:
        if order.bulletin_id is not None:
            for day in owed_days(order, start, end):
                wanted[day].add(order.bulletin_id)
    return approvals_on(session, wanted)
