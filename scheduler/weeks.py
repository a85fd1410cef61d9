"""Week plans: where a unit wants it, a week is released only as its approver approved it.

What was approved is kept airing by airing: what is added or moved afterwards waits for another approval,
the rest goes out.  Emergencies are exempt.  Of units one below the other the nearest with the setting counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts import lpjson
from content.contracts.airings import Kind, Level, State
from content.errors import ConflictError, ForbiddenError, InvalidInputError
from content.models.people import Role, User
from content.models.unit import Unit
from content.rights import rights_of
from content.text import REASON_LIMIT, body
from content.units import Tree, load_tree
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.models.week_plan import WeekPlan, WeekPlanLine
from scheduler.quiet import instant_at
from scheduler.rules import Rules

OPEN, SUBMITTED, APPROVED, CHANGED = "open", "submitted", "approved", "changed"
KINDS = (Kind.BULLETIN, Kind.IDENT, Kind.RELAY)
WEEK = timedelta(days=7)
BACK = "week.return"
_SLICE = 500


@dataclass(frozen=True)
class Difference:
    """What stands otherwise than approved: ids of airings."""

    added: frozenset[str]
    moved: frozenset[str]
    gone: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.gone)


class SentBack(NamedTuple):
    """Who sent a week back (a login), when, and for what reason."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Week:
    """A unit's week as it stands: its rows in order, its digest, and what differs from the approved one."""

    unit: Unit
    monday: date
    rows: tuple[Airing, ...]
    digest: str
    plan: WeekPlan | None
    difference: Difference

    @property
    def state(self) -> str:
        """The state as it is now: approved, but with changes since, is `changed`."""
        stored = self.plan.state if self.plan else OPEN
        return CHANGED if stored == APPROVED and self.difference else stored


def line_digest(row: Airing) -> str:
    """Return what names an airing's content and place: when, how long, which clip or order (pure)."""
    told = (row.starts_at.timestamp(), row.duration_ms, row.clip_sha256, row.order_id, row.kind)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def week_digest(lines: Mapping[str, str]) -> str:
    """Return what names a whole week, whatever the order of its lines (pure)."""
    told = "\n".join(f"{airing} {digest}" for airing, digest in sorted(lines.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def compare(approved: Mapping[str, str], now: Mapping[str, str]) -> Difference:
    """Return what differs between two weeks, each airing → digest (pure)."""
    both = approved.keys() & now.keys()
    return Difference(
        added=frozenset(now.keys() - approved.keys()),
        moved=frozenset(airing for airing in both if approved[airing] != now[airing]),
        gone=frozenset(approved.keys() - now.keys()),
    )


def monday_of(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def governing(tree: Tree, unit_id: int) -> int | None:
    """Return the nearest unit, itself or above, whose weeks are approved; None when none are."""
    return next((at for at in tree.path(unit_id) if tree.units[at].week_approval), None)


def week_of(session: Session, unit: Unit, monday: date, rules: Rules) -> Week:
    """Return a unit's week as it stands beside what was approved of it."""
    plan = _plan(session, unit.id, monday)
    rows = _rows(session, unit, monday, rules)
    now = {row.id: line_digest(row) for row in rows}
    approved = _approved(session, plan) if plan and plan.approved_at else {}
    return Week(unit, monday, rows, week_digest(now), plan, compare(approved, now))


def submit(
    session: Session, unit: Unit, monday: date, *, digest: str, by: User, rules: Rules, now: datetime
) -> WeekPlan:
    """Put a week before the approver; `digest` is the week that the person saw."""
    rights_of(session, by).require(Role.OFFICE, unit.id)
    week = _as_seen(session, unit, monday, digest, rules)
    if not week.rows:
        raise InvalidInputError("Tuần này chưa có lượt phát nào để trình duyệt.", field="digest")
    if week.state == APPROVED:
        raise ConflictError("Tuần này đã duyệt và chưa có gì đổi.")
    plan = week.plan or WeekPlan(unit_id=unit.id, monday=monday)
    session.add(plan)
    plan.state, plan.digest, plan.submitted_by, plan.submitted_at = SUBMITTED, week.digest, by.id, now
    _note(session, "week.submit", plan, by=by, now=now)
    return plan


def approve(
    session: Session, unit: Unit, monday: date, *, digest: str, by: User, rules: Rules, now: datetime
) -> WeekPlan:
    """Approve a week as the person saw it; what stands in it may go to the stations from now on."""
    rights_of(session, by).require(Role.APPROVER, unit.id)
    week = _as_seen(session, unit, monday, digest, rules)
    plan = week.plan
    if plan is None or plan.state != SUBMITTED:
        raise ConflictError("Tuần này chưa được trình duyệt.")
    if plan.submitted_by == by.id and not unit.self_approval:
        raise ForbiddenError("Người trình kế hoạch tuần không tự duyệt được.")
    plan.state, plan.digest, plan.approved_by, plan.approved_at = APPROVED, week.digest, by.id, now
    for row in week.rows:
        if row.id in week.difference.moved and row.state == State.RELEASED:
            row.updated_at = now
    session.execute(delete(WeekPlanLine).where(WeekPlanLine.plan_id == plan.id))
    lines = [{"airing": r.id, "plan_id": plan.id, "digest": line_digest(r)} for r in week.rows]
    session.execute(insert(WeekPlanLine), lines)
    _note(session, "week.approve", plan, by=by, now=now, lines=len(lines))
    return plan


def send_back(
    session: Session,
    unit: Unit,
    monday: date,
    *,
    digest: str,
    reason: str,
    by: User,
    rules: Rules,
    now: datetime,
) -> WeekPlan:
    """Send a submitted week back to the office with a reason; what was approved before stays approved."""
    rights_of(session, by).require(Role.APPROVER, unit.id)
    why = body(reason, field="reason", what="Lý do", limit=REASON_LIMIT)
    plan = _as_seen(session, unit, monday, digest, rules).plan
    if plan is None or plan.state != SUBMITTED:
        raise ConflictError("Tuần này chưa được trình duyệt.")
    plan.state = OPEN if plan.approved_at is None else APPROVED
    _note(session, BACK, plan, by=by, now=now, reason=why)
    return plan


def sent_back(session: Session, plan: WeekPlan) -> SentBack | None:
    """Return who sent a week back and why; None when it was not, or was answered since."""
    last = next(iter(reversed(audit.of_subject(session, f"week:{plan.id}"))), None)
    if last is None or last.action != BACK:
        return None
    return SentBack(last.actor, last.at, lpjson.decode(last.line.encode())["detail"]["reason"])


def approved_only(session: Session, rows: dict[str, list[Airing]]) -> dict[str, list[Airing]]:
    """Leave out what waits for the approval of its week, of station → its airings."""
    waits = held(session, [row for here in rows.values() for row in here])
    if not waits:
        return rows
    return {name: [row for row in here if row.id not in waits] for name, here in rows.items()}


def held(session: Session, rows: Sequence[Airing]) -> set[str]:
    """Return the ids of airings that no approved week holds as they stand.

    What is released already is held back only where it was moved or reworded after its approval.
    """
    if not session.scalar(select(exists().where(Unit.week_approval))):
        return set()
    tree = load_tree(session)
    asked = {
        row.id: line_digest(row)
        for row in rows
        if row.state in (State.PLANNED, State.RELEASED)
        and row.recalled_at is None
        and row.level != Level.EMERGENCY
        and governing(tree, row.unit_id) is not None
    }
    lines = _lines(session, sorted(asked))
    planned = {row.id for row in rows if row.rank == State.PLANNED.rank}
    return {
        airing
        for airing, digest in asked.items()
        if (airing in lines or airing in planned) and digest not in lines.get(airing, ())
    }


def may_release(session: Session, row: Airing) -> bool:
    """Tell whether no week's approval stands between an airing and its station."""
    return row.id not in held(session, [row])


def holds(session: Session, plan: WeekPlan, row: Airing) -> bool:
    """Tell whether a plan was approved with an airing in it, as it stands."""
    line = session.get(WeekPlanLine, (row.id, plan.id))
    return line is not None and line.digest == line_digest(row)


def waiting(session: Session, units: Collection[int]) -> list[WeekPlan]:
    """Return the weeks of some units that were submitted and not answered, earliest first."""
    query = select(WeekPlan).where(WeekPlan.state == SUBMITTED, WeekPlan.unit_id.in_(units))
    return list(session.scalars(query.order_by(WeekPlan.monday, WeekPlan.unit_id)))


def returned(session: Session, units: Collection[int], *, since: date) -> list[WeekPlan]:
    """Return the weeks of some units, from the Monday `since` on, that were sent back and lie there still."""
    query = select(WeekPlan).where(
        WeekPlan.state != SUBMITTED,
        WeekPlan.submitted_at.is_not(None),
        or_(WeekPlan.approved_at.is_(None), WeekPlan.submitted_at > WeekPlan.approved_at),
        WeekPlan.unit_id.in_(units),
        WeekPlan.monday >= since,
    )
    return list(session.scalars(query.order_by(WeekPlan.monday, WeekPlan.unit_id)))


def _lines(session: Session, ids: list[str]) -> dict[str, set[str]]:
    """Return airing → how it stood in approved weeks."""
    found: dict[str, set[str]] = {}
    for at in range(0, len(ids), _SLICE):
        some = WeekPlanLine.airing.in_(ids[at : at + _SLICE])
        for airing, digest in session.execute(select(WeekPlanLine.airing, WeekPlanLine.digest).where(some)):
            found.setdefault(airing, set()).add(digest)
    return found


def _as_seen(session: Session, unit: Unit, monday: date, digest: str, rules: Rules) -> Week:
    if not unit.week_approval:
        raise ConflictError("{unit} không duyệt kế hoạch theo tuần.", unit=unit.name)
    if monday.isoweekday() != 1:
        raise InvalidInputError("Tuần bắt đầu từ thứ Hai.", field="monday")
    week = week_of(session, unit, monday, rules)
    if week.digest != digest:
        raise ConflictError("Kế hoạch tuần đã đổi từ lúc bạn mở trang; hãy xem lại rồi làm tiếp.")
    return week


def _rows(session: Session, unit: Unit, monday: date, rules: Rules) -> tuple[Airing, ...]:
    """Return what the stations under the unit's approval are to play that week, day by day."""
    tree = load_tree(session)
    places = [at for at in tree.units if governing(tree, at) == unit.id]
    names = select(Station.name).where(Station.unit_id.in_(places))
    query = select(Airing).where(
        Airing.station.in_(names),
        Airing.starts_at >= instant_at(monday, time(), rules.zone),
        Airing.starts_at < instant_at(monday + WEEK, time(), rules.zone),
        Airing.kind.in_([str(kind) for kind in KINDS]),
        Airing.level != str(Level.EMERGENCY),
        Airing.state != str(State.CANCELLED),
        Airing.recalled_at.is_(None),
    )
    return tuple(session.scalars(query.order_by(Airing.starts_at, Airing.station, Airing.id)))


def _plan(session: Session, unit_id: int, monday: date) -> WeekPlan | None:
    query = select(WeekPlan).where(WeekPlan.unit_id == unit_id, WeekPlan.monday == monday)
    return session.scalars(query).first()


def _approved(session: Session, plan: WeekPlan) -> dict[str, str]:
    query = select(WeekPlanLine.airing, WeekPlanLine.digest).where(WeekPlanLine.plan_id == plan.id)
    return {airing: digest for airing, digest in session.execute(query)}  # noqa: C416 (typed)


def _note(session: Session, action: str, plan: WeekPlan, *, by: User, now: datetime, **more: object) -> None:
    session.flush()
    about = {"unit": plan.unit_id, "monday": plan.monday.isoformat(), "digest": plan.digest, **more}
    audit.record(session, action, actor=by.login, subject=f"week:{plan.id}", now=now, **about)
