"""How near is too near: what of a station's rows may still be moved, and to when (pure, in ms)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from content.contracts.airings import Kind, Level, State
from scheduler.moments import SECOND_MS, length_ms, to_ms, whole_second_from
from scheduler.rows import Row
from scheduler.rules import Rules

HANDOVER = timedelta(minutes=2)
"""What was released and is nearer than this is not moved even by force: its station may not learn of it."""
_PLANNED, _RELEASED = State.PLANNED.rank, State.RELEASED.rank
_IDENT, _EMERGENCY = Kind.IDENT.value, Level.EMERGENCY.value


@dataclass(frozen=True, slots=True)
class LockIn:
    """What is new may begin at `soon`; what is nearer than `until` is not moved.

    By `force` only what is being handed over is kept; `handed` is when that ends.
    """

    now: int
    soon: int
    until: int
    handed: int
    force: bool = False

    @classmethod
    def at(cls, now: datetime, rules: Rules, *, force: bool = False) -> LockIn:
        """Return how near is too near at `now`."""
        instant = to_ms(now)
        odd = 1 if now.microsecond % SECOND_MS else 0  # `now` has more digits: nothing may be too near.
        soon = whole_second_from(instant + length_ms(rules.lead) + odd)
        lock = min(HANDOVER, rules.lock_in) if force else rules.lock_in
        until = max(soon, whole_second_from(instant + length_ms(lock) + odd))
        return cls(instant, soon, until, instant + length_ms(HANDOVER), force)

    def floor(self, row: Row) -> int | None:
        """Return the first instant to which a row may be moved, None when it stays where it is."""
        floor = self.soon if self.force and row.rank == _PLANNED else self.until
        return floor if row.starts >= floor and _is_the_planners(row) else None

    def may_give_way(self, row: Row, *, fixed: bool) -> bool:
        """Tell whether a locked row makes way for a fixed time that is new; `fixed`: it is bound to one."""
        from_on = self.soon if row.rank == _PLANNED else self.handed
        return (row.kind == _IDENT or not fixed) and _is_the_planners(row) and row.starts >= from_on


def _is_the_planners(row: Row) -> bool:
    """Tell whether a row was planned, has not begun and is neither taken back nor an emergency."""
    return (
        row.rank <= _RELEASED
        and not row.recalled
        and row.level != _EMERGENCY
        and (row.order is not None or row.kind == _IDENT)
    )
