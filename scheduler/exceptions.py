"""Exceptions to rules: asked for with a reason by one person, approved by an approver who is another.

An exception that names no order and no window is taken up by the first one that needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from content import audit
from content.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from content.models.people import Role, User
from content.rights import rights_of
from content.text import REASON_LIMIT, body
from scheduler.limits import QUIET, Breach
from scheduler.models.rule import Rule, RuleException

LONGEST = timedelta(days=400)
"""Longer than a window without an end is looked ahead: else no exception could ever allow one."""


@dataclass(frozen=True)
class Exceptions:
    """The approved exceptions, as values are asked of them."""

    rows: tuple[RuleException, ...] = ()

    def covering(
        self, breach: Breach, above: Collection[int], *, order: int | None = None, window: int | None = None
    ) -> RuleException | None:
        """Return the exception that allows a breach at a unit (`above`: its path), None when none does.

        `order` and `window` are whose breach it is; an exception taken up by another one does not count.
        """
        return next((row for row in self.rows if _covers(row, breach, above, order, window)), None)

    def uncovered(
        self,
        breaches: Iterable[Breach],
        above: Collection[int],
        *,
        order: int | None = None,
        window: int | None = None,
    ) -> list[Breach]:
        """Return the breaches that nothing allows."""
        return [b for b in breaches if self.covering(b, above, order=order, window=window) is None]


def load_exceptions(session: Session) -> Exceptions:
    """Read the approved exceptions."""
    query = select(RuleException).where(RuleException.approved_at.is_not(None)).order_by(RuleException.id)
    return Exceptions(tuple(session.scalars(query)))


def ask(
    session: Session,
    rule: Rule,
    *,
    unit_id: int,
    first_day: date,
    last_day: date,
    reason: str,
    by: User,
    now: datetime,
) -> RuleException:
    """Ask for a rule not to hold at a unit and below on some days."""
    if rule.ended_at is not None:
        raise ConflictError("Quy định số {id} đã hết hiệu lực.", id=rule.id)
    if rule.kind == QUIET:
        raise InvalidInputError(
            "Giờ yên tĩnh do chính máy ở trạm giữ, không có ngoại lệ; chỉ tin khẩn cấp mới phát.",
            field="rule",
        )
    if not first_day <= last_day <= first_day + LONGEST:
        raise InvalidInputError(
            "Ngày cuối phải sau ngày đầu, không quá {days} ngày.", field="last_day", days=LONGEST.days
        )
    asked = RuleException(
        rule_id=rule.id,
        unit_id=unit_id,
        first_day=first_day,
        last_day=last_day,
        reason=body(reason, field="reason", what="Lý do", limit=REASON_LIMIT),
        asked_by=by.id,
        asked_at=now,
    )
    rights_of(session, by).require(Role.OFFICE, unit_id)
    session.add(asked)
    session.flush()
    _note(session, "rule.exception.ask", asked, by=by, now=now, reason=asked.reason)
    return asked


def approve(session: Session, asked: RuleException, *, by: User, now: datetime) -> None:
    """Allow the exception; ForbiddenError for who asked for it or is no approver there."""
    _require_open(session, asked, by)
    asked.approved_by, asked.approved_at = by.id, now
    _note(session, "rule.exception.approve", asked, by=by, now=now)


def refuse(session: Session, asked: RuleException, *, reason: str, by: User, now: datetime) -> None:
    """Refuse the exception, with a reason that the log keeps."""
    _require_open(session, asked, by)
    why = body(reason, field="reason", what="Lý do", limit=REASON_LIMIT)
    asked.refused_by, asked.refused_at = by.id, now
    _note(session, "rule.exception.refuse", asked, by=by, now=now, reason=why)


def take_up(
    session: Session,
    used: Iterable[RuleException],
    *,
    order_id: int | None = None,
    window_id: int | None = None,
) -> None:
    """Bind exceptions to the order or the window that was made by them."""
    for row in used:
        row.order_id, row.window_id = row.order_id or order_id, row.window_id or window_id
    session.flush()


def get(session: Session, exception_id: int) -> RuleException:
    """Return an exception, or raise NotFoundError."""
    found = session.get(RuleException, exception_id)
    if found is None:
        raise NotFoundError("Không có ngoại lệ số {id}.", id=exception_id)
    return found


def waiting(session: Session, unit_ids: Collection[int]) -> list[RuleException]:
    """Return what was asked for at the units and has no answer yet, oldest first."""
    unanswered = RuleException.approved_at.is_(None) & RuleException.refused_at.is_(None)
    return _listed(session, unanswered, RuleException.unit_id.in_(unit_ids))


def of_rule(session: Session, rule_id: int) -> list[RuleException]:
    """Return every exception ever asked for of a rule, oldest first."""
    return _listed(session, RuleException.rule_id == rule_id)


def of_window(session: Session, window_id: int) -> list[RuleException]:
    """Return the exceptions that a window made use of, oldest first."""
    return _listed(session, RuleException.window_id == window_id, RuleException.approved_at.is_not(None))


def answered(session: Session, unit_ids: Collection[int], *, most: int) -> list[RuleException]:
    """Return what was answered at the units, the last days first, at most `most`."""
    done = RuleException.approved_at.is_not(None) | RuleException.refused_at.is_not(None)
    query = select(RuleException).where(done, RuleException.unit_id.in_(unit_ids))
    last_first = (RuleException.last_day.desc(), RuleException.id.desc())
    return list(session.scalars(query.order_by(*last_first).limit(most)))


def reported(session: Session, first_day: date, last_day: date) -> list[RuleException]:
    """Return the approved exceptions that touch the days, for reports."""
    return _listed(
        session,
        RuleException.approved_at.is_not(None),
        RuleException.first_day <= last_day,
        RuleException.last_day >= first_day,
    )


def _listed(session: Session, *conditions: ColumnElement[bool]) -> list[RuleException]:
    return list(session.scalars(select(RuleException).where(*conditions).order_by(RuleException.id)))


def _covers(
    row: RuleException, breach: Breach, above: Collection[int], order: int | None, window: int | None
) -> bool:
    free = row.order_id is None and row.window_id is None
    theirs = (row.order_id is not None and row.order_id == order) or (
        row.window_id is not None and row.window_id == window
    )
    here = row.rule_id == breach.rule and row.unit_id in above
    return here and row.first_day <= breach.day <= row.last_day and (free or theirs)


def _require_open(session: Session, asked: RuleException, by: User) -> None:
    if asked.approved_at is not None or asked.refused_at is not None:
        raise ConflictError("Ngoại lệ này đã có trả lời.")
    if by.id == asked.asked_by:
        raise ForbiddenError("Người xin ngoại lệ không tự duyệt được.")
    rights_of(session, by).require(Role.APPROVER, asked.unit_id)


def _note(
    session: Session, action: str, row: RuleException, *, by: User, now: datetime, **more: object
) -> None:
    about = {"exception": row.id, "unit": row.unit_id, "from": row.first_day.isoformat(), **more}
    subject = f"rule:{row.rule_id}"
    audit.record(
        session, action, actor=by.login, subject=subject, now=now, to=row.last_day.isoformat(), **about
    )
