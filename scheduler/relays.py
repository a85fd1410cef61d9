"""Relays: the sources an approver lets stations relay, and what an order of one sounds like."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts.airings import Kind, Reason, State
from content.contracts.instants import parse_local_time
from content.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval
from content.models.people import Role, User
from content.rights import rights_of
from content.text import NAME_LIMIT, line
from scheduler import stand_ins, states
from scheduler.hearings import Demand, Ticket
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.relay import RelaySource
from scheduler.recurrence import check_local_time
from scheduler.rules import Rules
from scheduler.states import Withdrawn

SCHEMES = ("http", "https")
LONGEST_URL = 500


@dataclass(frozen=True)
class Sources:
    """The permitted sources by id; `clips`: order → the approved clip that stands in for it."""

    rows: Mapping[int, RelaySource]
    rules: Rules
    clips: Mapping[int, Approval] = field(default_factory=dict)

    def relayed(self, demand: Demand, source_id: int, duration_ms: int | None) -> Demand:
        """Return an order with its source as the ticket; without one when nothing permits it."""
        source = self.rows.get(source_id)
        if source is None:
            return demand
        hours = parse_local_time(source.local_from), parse_local_time(source.local_to)
        ticket = _ticket(source, duration_ms or 0, self.rules)
        clip = self.clips.get(demand.id)
        if clip is not None:
            ticket = replace(ticket, sha256=clip.clip_sha256, bytes=clip.bytes, media_type=clip.media_type)
        return replace(demand, ticket=ticket, hours=hours, below=source.unit_id)


def sources_of(session: Session, rules: Rules) -> Sources:
    """Read the permitted sources."""
    query = select(RelaySource).where(RelaySource.permitted_at.is_not(None))
    rows = {source.id: source for source in session.scalars(query)}
    return Sources(rows, rules, stand_ins.standing(session))


def get(session: Session, source_id: int) -> RelaySource:
    """Return a source, or raise NotFoundError."""
    source = session.get(RelaySource, source_id)
    if source is None:
        raise NotFoundError("Không có nguồn tiếp âm số {id}.", id=source_id)
    return source


def listing(session: Session) -> list[RelaySource]:
    """Return every source, by name."""
    return list(session.scalars(select(RelaySource).order_by(RelaySource.name, RelaySource.id)))


def waiting(session: Session, unit_ids: Collection[int]) -> list[RelaySource]:
    """Return the sources of some units that were proposed and never permitted, oldest first."""
    query = select(RelaySource).where(RelaySource.permitted_at.is_(None), RelaySource.unit_id.in_(unit_ids))
    return list(session.scalars(query.order_by(RelaySource.id)))


def create_source(
    session: Session,
    *,
    name: str,
    url: str,
    unit_id: int,
    first_day: date,
    last_day: date | None,
    local_from: str,
    local_to: str,
    by: User,
    now: datetime,
) -> RelaySource:
    """Propose a source; it may be relayed once an approver has permitted it."""
    if len(url) > LONGEST_URL or urlsplit(url).scheme not in SCHEMES or not urlsplit(url).hostname:
        raise InvalidInputError("Địa chỉ nguồn phải bắt đầu bằng https:// hoặc http://.", field="url")
    if last_day is not None and last_day < first_day:
        raise InvalidInputError("Ngày cuối sớm hơn ngày đầu.", field="last_day")
    begins = check_local_time(local_from, field="local_from")
    if check_local_time(local_to, field="local_to") <= begins:
        raise InvalidInputError("Giờ cuối phải sau giờ đầu, trong cùng một ngày.", field="local_to")
    rights_of(session, by).require(Role.OFFICE, unit_id)
    source = RelaySource(
        name=line(name, field="name", what="Tên nguồn", limit=NAME_LIMIT),
        url=url,
        unit_id=unit_id,
        first_day=first_day,
        last_day=last_day,
        local_from=local_from,
        local_to=local_to,
        created_by=by.id,
        created_at=now,
    )
    session.add(source)
    session.flush()
    _note(session, "source.create", source, by=by, now=now)
    return source


def permit(session: Session, source: RelaySource, *, until: datetime | None, by: User, now: datetime) -> None:
    """Give the standing permission; ForbiddenError for who proposed it or is no approver there."""
    if by.id == source.created_by:
        raise ForbiddenError("Người đề nghị nguồn tiếp âm không tự duyệt được.")
    rights_of(session, by).require(Role.APPROVER, source.unit_id)
    if until is not None and until <= now:
        raise InvalidInputError("Thời hạn phải sau lúc này.", field="until")
    source.permitted_by, source.permitted_at, source.until = by.id, now, until
    _note(session, "source.permit", source, by=by, now=now)


def end_permission(session: Session, source: RelaySource, *, by: User, now: datetime) -> Withdrawn:
    """End the permission at once: what is relayed now or was to be is cancelled or called back."""
    if not is_permitted(source, now):
        raise ConflictError("Nguồn tiếp âm này không còn được phép.")
    rights_of(session, by).require(Role.APPROVER, source.unit_id)
    source.until = now
    _note(session, "source.end", source, by=by, now=now)
    relayed = select(Order.id).where(Order.source_id == source.id)
    query = select(Airing.id).where(Airing.rank < State.CANCELLED.rank, Airing.order_id.in_(relayed))
    open_still = session.scalars(query.where(Airing.recalled_at.is_(None))).all()
    return states.withdraw(session, open_still, at=now, by=by.login, reason=Reason.RECALLED)


def is_permitted(source: RelaySource, at: datetime) -> bool:
    """Tell whether a source may be relayed at an instant, whatever its days and hours."""
    return source.permitted_at is not None and (source.until is None or at < source.until)


def void_relays(session: Session, now: datetime, *, by: str = audit.SYSTEM) -> Withdrawn:
    """Withdraw the relays to come that no permission covers any more, or whose order was cancelled.

    The others get the clip that may stand in for them now.
    """
    stand_ins.dress(session, now)
    query = (
        select(Airing.id)
        .join(Order, Order.id == Airing.order_id)
        .join(RelaySource, RelaySource.id == Order.source_id)
        .where(Airing.order_id.in_(stand_ins.RELAYED))
        .where(Airing.kind == str(Kind.RELAY), Airing.rank < State.ON_AIR.rank)
        .where(Airing.recalled_at.is_(None), Airing.not_after >= now)
        .where(
            or_(
                Order.cancelled_at.is_not(None),
                RelaySource.permitted_at.is_(None),
                RelaySource.until <= Airing.starts_at,
            )
        )
    )
    gone = session.scalars(query).all()
    return states.withdraw(session, gone, at=now, by=by, reason=Reason.RECALLED) if gone else Withdrawn()


def urls_of(session: Session, orders: Collection[int | None]) -> dict[int, str]:
    """Return order id → the address that it relays, of those that are relays."""
    query = select(Order.id, RelaySource.url).join(RelaySource, RelaySource.id == Order.source_id)
    return {order: url for order, url in session.execute(query.where(Order.id.in_(orders)))}  # noqa: C416 (typed)


def _ticket(source: RelaySource, length: int, rules: Rules) -> Ticket:
    last = source.last_day or date.max
    if source.until is not None:
        last = min(last, rules.day_of(source.until) - timedelta(days=1))
    return Ticket(
        wording=-source.id,
        length=length,
        title=source.name,
        first=source.first_day,
        last=last,
        kind=Kind.RELAY,
    )


def _note(session: Session, action: str, source: RelaySource, *, by: User, now: datetime) -> None:
    session.flush()
    audit.record(session, action, actor=by.login, subject=f"source:{source.id}", now=now, name=source.name)
