"""Emergencies: calling with an approved phrase, or with new words by two people; standing by it; ending it.

A call is an order at the level of emergencies whose hearings are placed here at once.  Whoever calls
begins to release them in the same transaction (`hurry.release_emergencies`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content import audit, bulletins, phrases
from content.contracts.airings import Level
from content.db import lock_chain
from content.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval
from content.models.people import User
from content.models.phrase import PhraseUse
from content.text import REASON_LIMIT, body
from scheduler import alarms, calls, orders, rounds
from scheduler.calls import Area, Call, Checked
from scheduler.models.emergency import Emergency
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.wishes import Wish

COUNTERSIGN_WITHIN = timedelta(minutes=15)
CONFIRM_WITHIN = timedelta(minutes=30)
UNSIGNED = "emergency_unsigned"
"""The kind of alarm that tells of a call nobody else stood by."""


def request(session: Session, call: Call, *, by: User, rules: Rules, now: datetime) -> Emergency:
    """Call with a phrase at once, or ask for the second person that new words need.

    The same `token` again gives the same emergency.  Raises InvalidInputError with the field at fault.
    """
    lock_chain(session, "emergency")
    known = session.scalars(select(Emergency).where(Emergency.token == call.token)).first()
    if known is not None:
        return _own(known, by)
    checked = calls.check(session, call, rules, now)
    emergency = _kept(call, checked, by=by, now=now)
    session.add(emergency)
    session.flush()
    _note(session, "emergency.request", emergency, by=by.login, now=now, reason=emergency.reason)
    if checked.phrase is not None:
        _start(session, emergency, checked, by=by, rules=rules, now=now)
    return emergency


def confirm(session: Session, emergency: Emergency, *, by: User, rules: Rules, now: datetime) -> None:
    """Start new words as the second person, who neither wrote nor asked for them."""
    lock_chain(session, "emergency")
    session.refresh(emergency)
    if emergency.started_at is not None or emergency.ended_at is not None:
        raise ConflictError("Lần khẩn cấp này đã bắt đầu hoặc đã kết thúc.")
    if by.id == emergency.requested_by or by.id in bulletins.authors_of(session, emergency.bulletin_id):
        raise ForbiddenError(
            "Lời mới cần người thứ hai xác nhận: không phải người viết, không phải người yêu cầu."
        )
    until = emergency.until + (now - emergency.requested_at)
    call = Call(
        emergency.token,
        emergency.bulletin_id,
        Area(stations=[one.name for one in calls.still_there(session, emergency.stations)]),
        emergency.reason,
        emergency.repeat_minutes,
        until if emergency.repeat_minutes else None,
    )
    checked = calls.check(session, call, rules, now)
    emergency.until = checked.until
    _start(session, emergency, checked, by=by, rules=rules, now=now)
    emergency.countersigned_by, emergency.countersigned_at = by.id, now
    session.flush()


def countersign(session: Session, emergency: Emergency, *, by: User, now: datetime) -> None:
    """Stand by a call as the second person; late is better than never, and what was reported stays."""
    if not emergency.wants_countersign:
        raise ConflictError("Lần khẩn cấp này đã có người thứ hai xác nhận.")
    if by.id == emergency.started_by:
        raise ForbiddenError("Người xác nhận phải khác người đã phát.")
    emergency.countersigned_by, emergency.countersigned_at = by.id, now
    for alarm in alarms.open_alarms(session):
        if (alarm.kind, alarm.detail) == (UNSIGNED, _detail(emergency)):
            alarms.clear(session, alarm.id, now=now)
    _note(session, "emergency.countersign", emergency, by=by.login, now=now)


def end(
    session: Session,
    emergency: Emergency,
    *,
    by: User,
    reason: str,
    clear_id: int | None,
    rules: Rules,
    now: datetime,
) -> list[str]:
    """End it: no more rounds, what has not sounded is called back; then the all-clear, if one is wanted.

    Return the stations to be told at once.
    """
    if emergency.ended_at is not None:
        raise ConflictError("Lần khẩn cấp này đã kết thúc.")
    why = body(reason, field="reason", what="Lý do kết thúc", limit=REASON_LIMIT)
    emergency.ended_by, emergency.ended_at, emergency.end_reason = by.id, now, why
    told: list[Station] = []
    if emergency.order is not None:
        told = calls.still_there(session, emergency.stations)
        orders.cancel_order(session, emergency.order, reason=why, by=by, now=now)
        if clear_id is not None:
            _all_clear(session, emergency, told, clear_id, by=by, rules=rules, now=now)
    _note(session, "emergency.end", emergency, by=by.login, now=now, reason=why, clear=clear_id)
    return [station.name for station in told]


def get(session: Session, emergency_id: int) -> Emergency:
    """Return an emergency, or raise NotFoundError."""
    emergency = session.get(Emergency, emergency_id)
    if emergency is None:
        raise NotFoundError("Không có lần khẩn cấp số {id}.", id=emergency_id)
    return emergency


def latest(session: Session, *, limit: int = 30) -> list[Emergency]:
    """Return emergencies, those open first, then newest first."""
    order = (Emergency.ended_at.is_not(None), Emergency.id.desc())
    return list(session.scalars(select(Emergency).order_by(*order).limit(limit)))


def calling(session: Session) -> list[Emergency]:
    """Return what people are to see on every page: what is open, and what waits for a countersignature."""
    waits = Emergency.started_at.is_not(None) & Emergency.countersigned_at.is_(None)
    shown = or_(Emergency.ended_at.is_(None), waits & Emergency.reported_at.is_(None))
    return list(session.scalars(select(Emergency).where(shown).order_by(Emergency.id.desc())))


def unsigned(session: Session) -> list[Emergency]:
    """Return what was reported because nobody countersigned in time, and still nobody has."""
    query = select(Emergency).where(Emergency.reported_at.is_not(None), Emergency.countersigned_at.is_(None))
    return list(session.scalars(query.order_by(Emergency.id)))


def tick(session: Session, now: datetime, rules: Rules) -> None:
    """Place the rounds to come, report what nobody countersigned, close what has run out."""
    for emergency in _looked_after(session):
        _place_rounds(session, emergency, rules, now)
        _report(session, emergency, now)
        _run_out(session, emergency, now)


def needs_tick(session: Session, now: datetime) -> bool:
    """Tell whether `tick` would do something; it writes nothing."""
    return any(_coming(one) or _is_unsigned(one, now) or _over(one) < now for one in _looked_after(session))


def _looked_after(session: Session) -> list[Emergency]:
    waits = Emergency.started_at.is_not(None) & Emergency.countersigned_at.is_(None)
    open_ = or_(Emergency.ended_at.is_(None), waits & Emergency.reported_at.is_(None))
    return list(session.scalars(select(Emergency).where(open_).order_by(Emergency.id)))


@dataclass(frozen=True)
class _Times:
    """The rounds of an emergency, all of them."""

    starts: Sequence[datetime]
    repeat_minutes: int | None
    exercise: bool

    @classmethod
    def of(cls, emergency: Emergency) -> _Times:
        first = emergency.started_at
        if first is None:
            raise ValueError("not started")
        every = emergency.repeat_minutes
        return cls(rounds.starts(first, every, emergency.until), every, emergency.exercise)

    def after(self, n: int) -> Iterable[tuple[int, datetime, datetime]]:
        """Give (n, start, latest start) of the rounds after the n-th."""
        for at, start in enumerate(self.starts[n:], n + 1):
            yield at, start, rounds.latest(start, self.repeat_minutes, exercise=self.exercise)

    @property
    def over(self) -> datetime:
        """The instant after which no round may begin any more."""
        return rounds.latest(self.starts[-1], self.repeat_minutes, exercise=self.exercise)


def _own(emergency: Emergency, by: User) -> Emergency:
    if emergency.requested_by != by.id:
        raise ConflictError("Biểu mẫu này đã được người khác gửi; hãy mở lại trang.")
    return emergency


def _kept(call: Call, checked: Checked, *, by: User, now: datetime) -> Emergency:
    return Emergency(
        token=call.token,
        bulletin_id=call.bulletin_id,
        phrase_id=checked.phrase.id if checked.phrase else None,
        title=checked.approval.revision.title,
        exercise=checked.exercise,
        reason=checked.reason,
        units=sorted(set(call.area.units)),
        tags=sorted(set(call.area.tags)),
        stations=[station.name for station in checked.stations],
        repeat_minutes=call.repeat_minutes,
        until=checked.until,
        rounds=0,
        requested_by=by.id,
        requested_at=now,
    )


def _start(
    session: Session, emergency: Emergency, checked: Checked, *, by: User, rules: Rules, now: datetime
) -> None:
    """Order it and place the first round, which is all that is waited for."""
    order = _order(session, emergency, checked.stations, by=by, rules=rules, now=now)
    emergency.order_id, emergency.order = order.id, order
    emergency.started_by, emergency.started_at = by.id, now
    emergency.countersign_by = now + COUNTERSIGN_WITHIN
    first = next(iter(_Times.of(emergency).after(0)))
    rounds.place(session, order, checked.approval, checked.stations, rounds=[first], now=now)
    emergency.rounds = 1
    session.flush()
    _note(session, "emergency.start", emergency, by=by.login, now=now, stations=len(checked.stations))


def _order(
    session: Session,
    emergency: Emergency,
    stations: Sequence[Station],
    *,
    by: User,
    rules: Rules,
    now: datetime,
    bulletin_id: int | None = None,
) -> Order:
    day = rules.day_of(now)
    wish = Wish(
        bulletin_id or emergency.bulletin_id,
        sorted({station.unit_id for station in stations}),
        day,
        day,
        level=str(Level.EMERGENCY),
    )
    return orders.place_order(session, wish, by=by, rules=rules, now=now)


def _all_clear(
    session: Session,
    emergency: Emergency,
    stations: Sequence[Station],
    bulletin_id: int,
    *,
    by: User,
    rules: Rules,
    now: datetime,
) -> None:
    approval = _clear_approval(session, emergency, bulletin_id, rules.day_of(now))
    order = _order(session, emergency, stations, by=by, rules=rules, now=now, bulletin_id=bulletin_id)
    emergency.clear_order_id = order.id
    once = (1, now, rounds.latest(now, None, exercise=emergency.exercise))
    rounds.place(session, order, approval, stations, rounds=[once], now=now)
    session.flush()


def _clear_approval(session: Session, emergency: Emergency, bulletin_id: int, day: date) -> Approval:
    phrase = phrases.of_bulletin(session, bulletin_id)
    if phrase is None or phrase.retired_at is not None or phrase.use != PhraseUse.ALL_CLEAR:
        raise InvalidInputError("Hãy chọn một câu báo yên trong danh sách.", field="clear")
    if phrase.exercise != emergency.exercise:
        raise InvalidInputError("Câu báo yên của diễn tập chỉ dùng cho diễn tập.", field="clear")
    return calls.approval_of(session, bulletin_id, day)


def _coming(emergency: Emergency) -> list[tuple[int, datetime, datetime]]:
    """Return the rounds that are not placed yet."""
    if not emergency.is_running or emergency.repeat_minutes is None:
        return []
    return list(_Times.of(emergency).after(emergency.rounds))


def _place_rounds(session: Session, emergency: Emergency, rules: Rules, now: datetime) -> None:
    """Place all rounds that follow the first: stations then hold them, whatever becomes of the line."""
    coming, order = _coming(emergency), emergency.order
    if not coming or order is None:
        return
    standing = bulletins.standing_approvals(session, [emergency.bulletin_id], rules.day_of(now))
    approval = standing.get(emergency.bulletin_id)
    if approval is not None:
        stations = calls.still_there(session, emergency.stations)
        rounds.place(session, order, approval, stations, rounds=coming, now=now)
    emergency.rounds += len(coming)
    placed = len(coming) if approval else 0
    _note(session, "emergency.rounds", emergency, by=audit.SYSTEM, now=now, rounds=placed)


def _is_unsigned(emergency: Emergency, now: datetime) -> bool:
    due, told = emergency.countersign_by, emergency.reported_at is not None
    return emergency.wants_countersign and not told and due is not None and due <= now


def _report(session: Session, emergency: Emergency, now: datetime) -> None:
    """Tell, once, of a call that nobody else has stood by in time."""
    if not _is_unsigned(emergency, now):
        return
    emergency.reported_at = now
    alarms.raise_alarm(session, UNSIGNED, detail=_detail(emergency), now=now)
    _note(session, "emergency.unsigned", emergency, by=audit.SYSTEM, now=now, started_by=emergency.started_by)


def _over(emergency: Emergency) -> datetime:
    """Return after when an open one has run out; what has ended never does."""
    if emergency.ended_at is not None:
        return datetime.max.replace(tzinfo=UTC)
    if emergency.started_at is None:
        return emergency.requested_at + CONFIRM_WITHIN
    return _Times.of(emergency).over


def _run_out(session: Session, emergency: Emergency, now: datetime) -> None:
    """Close what nobody confirmed, and what has no round left that may begin."""
    if now <= _over(emergency):
        return
    why = "Đã hết giờ phát." if emergency.started_at else "Không có người thứ hai xác nhận."
    emergency.ended_at, emergency.end_reason = now, why
    _note(session, "emergency.over", emergency, by=audit.SYSTEM, now=now, reason=why)


def _detail(emergency: Emergency) -> str:
    return f"Lần khẩn cấp số {emergency.id}: {emergency.title}"


def _note(
    session: Session, action: str, emergency: Emergency, *, by: str, now: datetime, **detail: object
) -> None:
    session.flush()
    about = {"title": emergency.title, "exercise": emergency.exercise, **detail}
    audit.record(session, action, actor=by, subject=f"emergency:{emergency.id}", now=now, **about)
