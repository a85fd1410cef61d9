"""What each station is owed and what stands there already (pure, over a picture read before)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from content.contracts.airings import Level, State, order_airing_id
from content.models.bulletin import Approval
from scheduler.hearings import Hearing, days_allowed, fixed_time, numbers, owed_days
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.picture import Desk, Picture
from scheduler.quiet import instant_at
from scheduler.rules import Rules
from scheduler.timeline import Slot

SILENT = frozenset({State.CANCELLED, State.MISSED, State.SKIPPED})


@dataclass(frozen=True)
class Owing:
    """Decides at `now`, by `rules`, over one picture."""

    picture: Picture
    now: datetime
    rules: Rules

    def not_before(self, row: Airing | None) -> datetime:
        """Return the first whole second at which an airing may be put, so that its station learns of it."""
        released = row is not None and row.rank > State.PLANNED.rank
        instant = self.now + (self.rules.lock_in if released else self.rules.lead)
        return instant.replace(microsecond=0) + timedelta(seconds=bool(instant.microsecond))

    def movable(self, row: Airing) -> bool:
        """Tell whether a row may still be moved; an emergency never is."""
        return (
            row.rank <= State.RELEASED.rank
            and row.order_id is not None
            and row.recalled_at is None
            and row.level != Level.EMERGENCY
            and row.starts_at >= self.not_before(row)
        )

    def standing(self, desk: Desk) -> Iterator[Slot]:
        """Give what has sounded lately, or will sound and is not moved any more."""
        for row in desk.rows.values():
            if row.state not in SILENT and row.recalled_at is None and not self.movable(row):
                yield _slot(row, self.rules.day_of(row.starts_at))

    def hearings(self) -> dict[str, list[Hearing]]:
        """Return station → the hearings that still need a place, or may get a better one."""
        owed: dict[str, list[Hearing]] = defaultdict(list)
        for order in self.picture.orders:
            for due in owed_days(order, self.picture.start, self.picture.end):
                approval = self.picture.approvals[due].get(order.bulletin_id or 0)
                if approval is not None:
                    for desk in self.picture.reached(order, due):
                        owed[desk.station.name].extend(self._of_day(order, due, desk, approval))
        return owed

    def _of_day(self, order: Order, due: date, desk: Desk, approval: Approval) -> Iterator[Hearing]:
        days = days_allowed(order, due, carry=self.rules.carry_days, valid_to=approval.revision.valid_to)
        for n, place in numbers(order.times_per_day, desk.withdrawn.get((order.id, due), ())):
            row = desk.rows.get(order_airing_id(order.id, desk.station.name, due, n))
            wall = fixed_time(order, place)
            hearing = Hearing(
                order=order.id,
                station=desk.station.name,
                due=due,
                n=n,
                level=Level(order.level),
                approval=approval,
                days=days,
                not_before=self.not_before(row),
                fixed=None if wall is None else instant_at(due, wall, self.rules.zone),
            )
            if self.movable(row) if row else self._in_time(hearing, desk, order.created_at):
                yield hearing

    def _in_time(self, hearing: Hearing, desk: Desk, ordered_at: datetime) -> bool:
        """Tell whether the order came while its due date still had a chance; otherwise nothing is owed."""
        if hearing.level is Level.EMERGENCY:
            return self.now <= ordered_at + self.rules.emergency_slack
        if hearing.fixed is not None:
            return ordered_at <= hearing.fixed + self.rules.fixed_slack
        ends = (broadcast.ends_at for broadcast in desk.broadcasts if broadcast.day == hearing.due)
        return max(ends, default=ordered_at) >= ordered_at + self.rules.lead + hearing.duration


def _slot(row: Airing, day: date) -> Slot:
    return Slot(
        row.starts_at,
        row.starts_at + timedelta(milliseconds=row.duration_ms),
        row.revision_id,
        row.window_id,
        day,
        urgent=row.level == Level.EMERGENCY,
    )
