"""Taking back what may no longer sound: its order was cancelled, or its wording is not approved any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Reason, State
from content.models.bulletin import Approval
from scheduler import states
from scheduler.changes import Voids
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.rules import Rules
from scheduler.states import Withdrawn

Approvals = dict[date, dict[int, Approval]]


@dataclass(frozen=True)
class _Group:
    """Airings still to come of one order and approval, from the first local day to the last."""

    order: int | None
    bulletin: int
    approval: int | None
    cancelled: bool
    first: date
    last: date


def void(
    session: Session,
    now: datetime,
    rules: Rules,
    *,
    by: str = "planner",
    only: Voids | None = None,
    at: Sequence[str] | None = None,
) -> Withdrawn:
    """Withdraw every airing still to come whose order or approval no longer stands.

    With `only` no others are looked at than those of some orders and bulletins, with `at` none but
    those of some stations.
    """
    doubtful = _doubtful(session, now, rules, [*_of_these(only), *_at(at)])
    gone = [name for group in doubtful for name in _gone(session, group, now, rules)]
    return states.withdraw(session, gone, at=now, by=by, reason=Reason.RECALLED) if gone else Withdrawn()


def must_void(session: Session, now: datetime, rules: Rules) -> bool:
    """Tell whether `void` would find something; it writes nothing."""
    return bool(_doubtful(session, now, rules, []))


def _doubtful(
    session: Session, now: datetime, rules: Rules, which: Sequence[ColumnElement[bool]]
) -> list[_Group]:
    groups = _groups(session, now, rules, which)
    wanted: dict[date, set[int]] = defaultdict(set)
    for group in groups:
        wanted[group.first].add(group.bulletin)
        wanted[group.last].add(group.bulletin)
    standing = approvals_on(session, wanted)
    return [group for group in groups if not _stands(group, standing)]


def approvals_on(session: Session, wanted: dict[date, set[int]]) -> Approvals:
    """Return day → bulletin id → the approval that stands on it."""
    return {day: bulletins.standing_approvals(session, sorted(ids), day) for day, ids in wanted.items()}


def _groups(
    session: Session, now: datetime, rules: Rules, which: Sequence[ColumnElement[bool]]
) -> list[_Group]:
    query = (
        select(
            Airing.order_id,
            Airing.bulletin_id,
            Airing.approval_id,
            Order.cancelled_at,
            func.min(Airing.starts_at),
            func.max(Airing.starts_at),
        )
        .outerjoin(Order, Order.id == Airing.order_id)
        .where(*_to_come(now), *which)
        .group_by(Airing.order_id, Airing.bulletin_id, Airing.approval_id, Order.cancelled_at)
    )
    return [
        _Group(order, bulletin or 0, approval, cancelled is not None, rules.day_of(first), rules.day_of(last))
        for order, bulletin, approval, cancelled, first, last in session.execute(query)
    ]


def _to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Airing.bulletin_id.is_not(None),
        Airing.rank < State.ON_AIR.rank,
        Airing.recalled_at.is_(None),
        Airing.not_after >= now,
    )


def _of_these(only: Voids | None) -> list[ColumnElement[bool]]:
    if only is None:
        return []
    return [or_(Airing.order_id.in_(only.orders), Airing.bulletin_id.in_(only.bulletins))]


def _at(stations: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [] if stations is None else [Airing.station.in_(stations)]


def _stands(group: _Group, standing: Approvals) -> bool:
    """Tell whether all of a group may air: a validity has no holes, so its first and last day suffice."""
    ends = (standing[day].get(group.bulletin) for day in (group.first, group.last))
    return not group.cancelled and all(held is not None and held.id == group.approval for held in ends)


def _gone(session: Session, group: _Group, now: datetime, rules: Rules) -> list[str]:
    """Return what of a group may not air any more, each looked at on its own day."""
    same = (Airing.order_id == group.order) & (Airing.approval_id == group.approval)
    query = select(Airing.id, Airing.starts_at).where(same, Airing.bulletin_id == group.bulletin)
    rows = [(name, rules.day_of(at)) for name, at in session.execute(query.where(*_to_come(now)))]
    standing = approvals_on(session, {day: {group.bulletin} for _, day in rows})
    return [name for name, day in rows if not _stands(replace(group, first=day, last=day), standing)]
