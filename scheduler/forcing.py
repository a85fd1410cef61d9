"""Planning by force: what it would change, told first and written nowhere, and doing it.

What lies inside the lock-in, where the ordinary planner moves nothing, is told apart (`near`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from content import audit
from scheduler import planning
from scheduler.idents import Idents, no_idents
from scheduler.outcome import outcome_of
from scheduler.owing import Owing
from scheduler.picture import batches, read_desks, read_picture
from scheduler.planning import BATCH, Decider, PlanResult
from scheduler.previews import Line, lines_of
from scheduler.rules import Rules
from scheduler.shares import Measures

EVERYWHERE = "*"
"""What the log names when all stations were meant."""


@dataclass
class Turnover:
    """What would change at one station: airings made, moved, taken back, in the order of their time."""

    station: str
    created: list[Line] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    taken: list[Line] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """Put a line where it belongs."""
        if line.starts_at is None:
            self.taken.append(line)
        else:
            (self.created if line.was is None else self.moved).append(line)

    def lines(self) -> list[Line]:
        """Return all of them, the earliest first."""
        return sorted([*self.created, *self.moved, *self.taken], key=_first_instant)


def look(
    session: Session, names: Sequence[str], *, rules: Rules, now: datetime, idents: Idents = no_idents
) -> list[Turnover]:
    """Return what planning these stations by force would change, of those where it changes anything."""
    owing = Owing(read_picture(session, now, rules, idents), now, rules, force=True)
    decider, demands = Decider(Measures.of(rules)), owing.picture.demands
    titles = {demand.id: demand.ticket.title for demand in demands if demand.ticket}
    found = []
    for batch in batches(sorted(set(names)), BATCH):
        for desk in read_desks(session, batch, owing.picture):
            stand = owing.stand(desk)
            lines = lines_of(outcome_of(stand, decider.decide(stand)), titles)
            if lines:
                found.append(_turnover(desk.name, lines.values()))
    return found


def near(lines: Sequence[Line], rules: Rules, now: datetime) -> list[Line]:
    """Return the lines that lie inside the lock-in, where they would be or where they were."""
    until = now + rules.lock_in
    return [line for line in lines if _first_instant(line) < until]


def carry_out(
    session: Session,
    names: Sequence[str] | None,
    *,
    by: str,
    rules: Rules,
    now: datetime,
    idents: Idents = no_idents,
) -> PlanResult:
    """Plan these stations (None: all) by force, and write down for each who did it and what it changed."""
    done = planning.replan(session, now, rules, idents, only=names)
    told = {"created": done.created, "moved": done.moved, "cancelled": done.cancelled}
    told["recalled"] = done.recalled
    for name in [EVERYWHERE] if names is None else sorted(set(names)):
        audit.record(session, "plan.force", actor=by, subject=f"station:{name}", now=now, **told)
    return done


def _turnover(name: str, lines: Iterable[Line]) -> Turnover:
    found = Turnover(name)
    for line in sorted(lines, key=_first_instant):
        found.take(line)
    return found


def _first_instant(line: Line) -> datetime:
    return min(at for at in (line.starts_at, line.was) if at is not None)
