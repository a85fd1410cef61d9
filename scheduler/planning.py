"""Planning: read, let the planner decide, write the difference.  A second run writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from content.contracts.airings import Kind, Reason, State
from content.db import lock_chain
from scheduler import states
from scheduler.hearings import Hearing
from scheduler.models.airing import Airing
from scheduler.owing import Owing
from scheduler.picture import Desk, read_picture
from scheduler.planner import Placement, plan_station
from scheduler.rules import Rules
from scheduler.voiding import void

BY = "planner"
MOMENT = timedelta(microseconds=1)
"""A row that is written again is always newer than it was: `release` looks for what is newer."""


@dataclass
class PlanResult:
    """What one run changed (airings), and the hearings it found no room for."""

    created: int = 0
    moved: int = 0
    cancelled: int = 0
    recalled: int = 0
    unplaced: list[Hearing] = field(default_factory=list)

    @property
    def written(self) -> int:
        """How many airings were written at all."""
        return self.created + self.moved + self.cancelled + self.recalled


def replan(session: Session, now: datetime, rules: Rules) -> PlanResult:
    """Bring the airings of the coming days into line with orders, approvals, windows and rules."""
    lock_chain(session, "planning")
    voided = void(session, now, rules)
    result = PlanResult(cancelled=voided.cancelled, recalled=voided.recalled)
    picture = read_picture(session, now, rules)
    owing = Owing(picture, now, rules)
    hearings = owing.hearings()
    for desk in picture.desks:
        _plan_desk(session, desk, hearings.get(desk.station.name, []), owing, result)
    session.flush()
    return result


def _plan_desk(
    session: Session, desk: Desk, hearings: list[Hearing], owing: Owing, result: PlanResult
) -> None:
    standing = list(owing.standing(desk))
    plan = plan_station(
        hearings, desk.broadcasts, standing, now=owing.now, rules=owing.rules, enforced=desk.enforced
    )
    result.unplaced.extend(plan.unplaced)
    kept = {placement.hearing.id for placement in plan.placements}
    lost = [row.id for row in desk.rows.values() if owing.movable(row) and row.id not in kept]
    withdrawn = states.withdraw(session, lost, at=owing.now, by=BY, reason=Reason.OVER_LIMIT)
    result.cancelled += withdrawn.cancelled
    result.recalled += withdrawn.recalled
    _write(session, desk, plan.placements, owing.now, result)


def _write(
    session: Session, desk: Desk, placements: list[Placement], now: datetime, result: PlanResult
) -> None:
    new = [placement for placement in placements if placement.hearing.id not in desk.rows]
    if new:
        session.execute(insert(Airing), [_row(placement, desk.station.unit_id, now) for placement in new])
    result.created += len(new)
    moved = []
    for placement in placements:
        row = desk.rows.get(placement.hearing.id)
        if row is not None and _moved(row, placement):
            _place(row, placement, now)
            moved.append(row)
    session.flush()
    states.note_places(session, moved, at=now, by=BY)
    result.moved += len(moved)


def _moved(row: Airing, placement: Placement) -> bool:
    there = (row.starts_at, row.not_after, row.window_id)
    return there != (placement.starts_at, placement.not_after, placement.window)


def _place(row: Airing, placement: Placement, now: datetime) -> None:
    row.starts_at, row.not_after = placement.starts_at, placement.not_after
    row.window_id, row.updated_at = placement.window, max(now, row.updated_at + MOMENT)


def _row(placement: Placement, unit_id: int, now: datetime) -> dict[str, Any]:
    hearing, approval = placement.hearing, placement.hearing.approval
    revision = approval.revision
    return {
        "id": hearing.id,
        "kind": str(Kind.BULLETIN),
        "level": str(hearing.level),
        "station": hearing.station,
        "unit_id": unit_id,
        "order_id": hearing.order,
        "bulletin_id": revision.bulletin_id,
        "revision_id": revision.id,
        "approval_id": approval.id,
        "window_id": placement.window,
        "due": hearing.due,
        "n": hearing.n,
        "starts_at": placement.starts_at,
        "not_after": placement.not_after,
        "duration_ms": approval.duration_ms,
        "clip_sha256": approval.clip_sha256,
        "clip_bytes": approval.bytes,
        "media_type": approval.media_type,
        "title": revision.title,
        "programme": revision.programme.code,
        "state": str(State.PLANNED),
        "rank": State.PLANNED.rank,
        "created_at": now,
        "updated_at": now,
    }
