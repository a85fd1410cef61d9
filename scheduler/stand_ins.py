"""What stands in for a relay whose source falls silent: the clip of an approved bulletin its order names.

The clip stands on the airings, so that it travels in the manifest and is fetched like any other.  It stands
there only while the bulletin is approved for all days of the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Kind, Level, State
from content.errors import InvalidInputError
from content.models.bulletin import Approval
from scheduler.models.airing import Airing
from scheduler.models.order import Order

AT_ONCE = 500
RELAYED = select(Order.id).where(Order.source_id.is_not(None))
"""Airings are asked for by their orders, for which there is an index: there are very many airings."""


def check(session: Session, bulletin_id: int, first: date, last: date) -> None:
    """Raise InvalidInputError unless a bulletin may stand in on all days from `first` to `last`."""
    approval = _approval(session, bulletin_id, first, last)
    if approval is None:
        raise InvalidInputError(
            "Bản phát thay phải được duyệt và còn hiệu lực suốt các ngày của lệnh.", field="stand_in"
        )
    if approval.revision.level == Level.EMERGENCY:
        raise InvalidInputError("Tin khẩn cấp không làm bản phát thay được.", field="stand_in")


def standing(session: Session) -> dict[int, Approval]:
    """Return order → what may stand in for it, of the relays that name something."""
    query = select(Order.id, Order.stand_in_id, Order.first_day, Order.last_day)
    rows = session.execute(query.where(Order.stand_in_id.is_not(None), Order.cancelled_at.is_(None)))
    found = {order: _approval(session, stand_in or 0, first, last) for order, stand_in, first, last in rows}
    return {order: approval for order, approval in found.items() if approval is not None}


def dress(session: Session, now: datetime) -> None:
    """Give the relays to come the clip that stands in now, and take away what may not sound any more."""
    held = standing(session)
    query = select(Airing.id, Airing.order_id, Airing.clip_sha256).where(
        Airing.order_id.in_(RELAYED),
        Airing.kind == str(Kind.RELAY),
        Airing.rank < State.ON_AIR.rank,
        Airing.recalled_at.is_(None),
        Airing.not_after >= now,
        or_(Airing.clip_sha256.is_not(None), Airing.order_id.in_(held)),
    )
    stale: dict[int, list[str]] = {}
    for airing, order, sha256 in session.execute(query):
        if clip_of(held.get(order or 0))["clip_sha256"] != sha256:
            stale.setdefault(order or 0, []).append(airing)
    for order, airings in stale.items():
        _put(session, airings, {**clip_of(held.get(order)), "updated_at": now})


def clip_of(approval: Approval | None) -> dict[str, Any]:
    """Return the columns of an airing that name the approved clip, empty when there is none."""
    if approval is None:
        return {"clip_sha256": None, "clip_bytes": None, "media_type": None}
    sha256, media_type = approval.clip_sha256, approval.media_type
    return {"clip_sha256": sha256, "clip_bytes": approval.bytes, "media_type": media_type}


def _put(session: Session, airings: Sequence[str], values: Mapping[str, Any]) -> None:
    for at in range(0, len(airings), AT_ONCE):
        session.execute(update(Airing).where(Airing.id.in_(airings[at : at + AT_ONCE])).values(**values))


def _approval(session: Session, bulletin_id: int, first: date, last: date) -> Approval | None:
    """Return the approval that stands on both days: a validity has no holes."""
    begins, ends = (
        bulletins.standing_approvals(session, [bulletin_id], day).get(bulletin_id) for day in (first, last)
    )
    return begins if begins is not None and begins is ends else None
