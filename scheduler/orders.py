"""Orders: placing them, every demand checked, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts.airings import Level, Reason, State
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.people import User
from content.text import REASON_LIMIT, body
from scheduler import states
from scheduler.draft import may_sound
from scheduler.exceptions import take_up
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.order import Order, OrderUnit
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.states import Withdrawn
from scheduler.wishes import Wish, check, matter_of, require_rules


def place_order(session: Session, wish: Wish, *, by: User, rules: Rules, now: datetime) -> Order:
    """Store an order, or raise InvalidInputError whose `field` is the name of the wish's part at fault."""
    level = check(session, wish, rules, now)
    length = matter_of(session, wish, now).length_ms
    used = require_rules(session, wish, level, rules, duration_ms=length, today=rules.day_of(now))
    order = Order(
        **columns_of(wish, level),
        created_by=by.id,
        created_at=now,
        units=[OrderUnit(unit_id=unit_id) for unit_id in sorted(set(wish.unit_ids))],
    )
    session.add(order)
    session.flush()
    take_up(session, used, order_id=order.id)
    _note(session, "order.place", order, by=by.login, now=now, bulletin=order.bulletin_id, level=order.level)
    return order


def change_order(
    session: Session, order: Order, wish: Wish, *, by: User, rules: Rules, now: datetime
) -> None:
    """Let an order ask for something else; what is owed no longer is taken back by the planner."""
    require_changeable(order, wish, rules, now)
    level = check(session, wish, rules, now, since=order.first_day)
    if level is Level.EMERGENCY:
        raise ConflictError("Lệnh khẩn cấp không sửa được; hãy hủy và đặt lệnh mới.")
    length, today = matter_of(session, wish, now).length_ms, rules.day_of(now)
    used = require_rules(session, wish, level, rules, duration_ms=length, today=today, of=order.id)
    for name, value in columns_of(wish, level).items():
        setattr(order, name, value)
    known = {named.unit_id: named for named in order.units}
    order.units = [known.get(at) or OrderUnit(unit_id=at) for at in sorted(set(wish.unit_ids))]
    order.changed_at = now
    session.flush()
    take_up(session, used, order_id=order.id)
    _note(session, "order.change", order, by=by.login, now=now, level=order.level)


def require_changeable(order: Order, wish: Wish, rules: Rules, now: datetime) -> None:
    """Raise ConflictError for an order that is over, InvalidInputError for a wish that is another one."""
    if order.cancelled_at is not None:
        raise ConflictError("Lệnh phát này đã hủy.")
    if order.level == Level.EMERGENCY:
        raise ConflictError("Lệnh khẩn cấp không sửa được; hãy hủy và đặt lệnh mới.")
    if order.last_day < rules.day_of(now):
        raise ConflictError("Lệnh phát này đã hết hạn; hãy đặt lệnh mới.")
    if (order.bulletin_id, order.source_id) != (wish.bulletin_id, wish.source_id):
        raise InvalidInputError("Lệnh giữ bản tin của nó; hãy đặt lệnh mới.", field="bulletin_id")
    if wish.last_day < rules.day_of(now):
        raise InvalidInputError("Ngày cuối đã qua; muốn thôi phát thì hủy lệnh.", field="last_day")


def columns_of(wish: Wish, level: Level) -> dict[str, Any]:
    """Return the columns of an order that say what was wished."""
    times = sorted(set(wish.fixed_times))
    return {
        "bulletin_id": wish.bulletin_id,
        "source_id": wish.source_id,
        "duration_ms": None if wish.source_id is None else (wish.seconds or 0) * 1000,
        "stand_in_id": None if wish.source_id is None else wish.stand_in_id,
        "level": str(level),
        "first_day": wish.first_day,
        "last_day": wish.last_day,
        "weekdays": "".join(str(day) for day in sorted(set(wish.weekdays))),
        "times_per_day": len(times) or wish.times_per_day,
        "fixed_times": times,
        "tags": sorted(set(wish.tags)),
        "calendars": sorted(set(wish.calendars)),
    }


def get(session: Session, order_id: int) -> Order:
    """Return an order, or raise NotFoundError."""
    order = session.get(Order, order_id)
    if order is None:
        raise NotFoundError("Không có lệnh phát số {id}.", id=order_id)
    return order


def cancel_order(session: Session, order: Order, *, reason: str, by: User, now: datetime) -> Withdrawn:
    """End an order: what no station has yet is cancelled, the rest recalled by tombstone."""
    if order.cancelled_at is not None:
        raise ConflictError("Lệnh phát này đã hủy.")
    order.cancelled_at, order.cancel_reason = now, _reason(reason)
    _note(session, "order.cancel", order, by=by.login, now=now, reason=order.cancel_reason)
    return _withdraw(session, [order.id], note=order.cancel_reason, by=by.login, now=now)


def recall(session: Session, bulletin_id: int, reason: str, now: datetime, *, by: str = "") -> Withdrawn:
    """Take a bulletin off the air everywhere: its orders end, airings are cancelled or tombstoned.

    It goes with `content.bulletins.recall`, which takes it off the site and audits.
    """
    why = _reason(reason)
    query = select(Order).where(Order.bulletin_id == bulletin_id, Order.cancelled_at.is_(None))
    for order in session.scalars(query):
        order.cancelled_at, order.cancel_reason = now, why
    session.flush()
    ids = session.scalars(_open_airings().where(Airing.bulletin_id == bulletin_id)).all()
    return states.withdraw(session, ids, at=now, by=by or audit.SYSTEM, reason=Reason.RECALLED, note=why)


def orders_of(session: Session, bulletin_id: int) -> list[Order]:
    """Return a bulletin's orders, newest first."""
    query = select(Order).where(Order.bulletin_id == bulletin_id).order_by(Order.id.desc())
    return list(session.scalars(query))


@dataclass(frozen=True)
class StillOut:
    """A recalled airing that its station may still play: it has not said that it knows better."""

    airing: Airing
    station: Station

    @property
    def title(self) -> str:
        """The station's name as people know it."""
        return self.station.title


def still_out(
    session: Session,
    now: datetime,
    *,
    bulletin_id: int | None = None,
    order_id: int | None = None,
    source_id: int | None = None,
) -> list[StillOut]:
    """Return the recalled airings of a bulletin, an order or a relay source that may still sound.

    A station knows once it holds a manifest that was signed after the recall.
    """
    relayed = select(Order.id).where(Order.source_id == source_id)
    asked = (
        (bulletin_id, Airing.bulletin_id == bulletin_id),
        (order_id, Airing.order_id == order_id),
        (source_id, Airing.order_id.in_(relayed)),
    )
    which = [told for given, told in asked if given is not None]
    knows = (
        select(Manifest.generation)
        .where(
            Manifest.station == Airing.station,
            Manifest.issued_at >= Airing.recalled_at,
            Manifest.generation <= Station.generation,
        )
        .exists()
    )
    query = (
        select(Airing, Station)
        .join(Station, Station.name == Airing.station)
        .where(*which, Airing.recalled_at.is_not(None), ~knows)
        .where(Airing.rank < State.CANCELLED.rank, Station.retired_at.is_(None))
        .order_by(Airing.starts_at, Airing.station)
    )
    return [StillOut(row, station) for row, station in session.execute(query) if may_sound(row, now)]


def _withdraw(session: Session, orders: list[int], *, note: str, by: str, now: datetime) -> Withdrawn:
    ids = session.scalars(_open_airings().where(Airing.order_id.in_(orders))).all()
    return states.withdraw(session, ids, at=now, by=by, reason=Reason.RECALLED, note=note)


def _open_airings() -> Select[str]:
    return select(Airing.id).where(Airing.rank < State.CANCELLED.rank)


def _reason(text: str) -> str:
    return body(text, field="reason", what="Lý do", limit=REASON_LIMIT)


def _note(session: Session, action: str, order: Order, *, by: str, now: datetime, **detail: object) -> None:
    audit.record(session, action, actor=by, subject=f"order:{order.id}", now=now, **detail)
