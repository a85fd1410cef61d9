"""Taking back what may no longer sound: its order was cancelled, or its wording is not approved any more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Reason, State
from content.models.bulletin import Approval
from scheduler import states
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.rules import Rules
from scheduler.states import Withdrawn

Approvals = dict[date, dict[int, Approval]]


@dataclass(frozen=True)
class _Waiting:
    id: str
    day: date
    bulletin: int
    approval: int | None
    cancelled: bool


def void(session: Session, now: datetime, rules: Rules, *, by: str = "planner") -> Withdrawn:
    """Withdraw every airing still to come whose order or approval no longer stands."""
    waiting = _waiting(session, now, rules)
    wanted: dict[date, set[int]] = defaultdict(set)
    for row in waiting:
        wanted[row.day].add(row.bulletin)
    standing = approvals_on(session, wanted)
    gone = [row.id for row in waiting if row.cancelled or not _approved(row, standing)]
    return states.withdraw(session, gone, at=now, by=by, reason=Reason.RECALLED) if gone else Withdrawn()


def approvals_on(session: Session, wanted: dict[date, set[int]]) -> Approvals:
    """Return day → bulletin id → the approval that stands on it."""
    return {day: bulletins.standing_approvals(session, sorted(ids), day) for day, ids in wanted.items()}


def _waiting(session: Session, now: datetime, rules: Rules) -> list[_Waiting]:
    query = (
        select(Airing.id, Airing.starts_at, Airing.bulletin_id, Airing.approval_id, Order.cancelled_at)
        .outerjoin(Order, Order.id == Airing.order_id)
        .where(
            Airing.bulletin_id.is_not(None),
            Airing.rank < State.ON_AIR.rank,
            Airing.recalled_at.is_(None),
            Airing.not_after >= now,
        )
    )
    return [
        _Waiting(name, rules.day_of(starts_at), bulletin or 0, approval, cancelled is not None)
        for name, starts_at, bulletin, approval, cancelled in session.execute(query)
    ]


def _approved(row: _Waiting, standing: Approvals) -> bool:
    approval = standing[row.day].get(row.bulletin)
    return approval is not None and approval.id == row.approval
