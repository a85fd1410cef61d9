"""Keeping what is to be told, once, with a delivery for every address it concerns; and who has seen it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from content.errors import NotFoundError
from content.models.audit import Setting
from content.units import load_tree
from web.notices.alerts import KINDS
from web.notices.happenings import Happening
from web.notices.models import Notice, NoticeContact, NoticeDelivery
from web.notices.watching import Cursor

CURSOR = "notices.cursor"
_ASKED_AT_ONCE = 500
SHOWN_FOR = timedelta(days=7)
"""What nobody has marked as seen leaves the count after a week; the log keeps it."""


def file(session: Session, found: Iterable[Happening], now: datetime) -> list[Notice]:
    """Keep what was not told yet, and return it: each thing is kept once, by its `about`."""
    wanted = fresh(session, found)
    if not wanted:
        return []
    contacts, tree = _in_use(session), load_tree(session)
    notices = []
    for one in wanted:
        notice = _notice(one, now)
        path = (one.told or tree.path(one.unit_id)) if one.sent else ()
        told = [contact for unit_id in path for contact in contacts.get(unit_id, ())]
        notice.deliveries = [
            _delivery(contact, now) for contact in told if contact.below or contact.unit_id == one.unit_id
        ]
        notices.append(notice)
    session.add_all(notices)
    session.flush()
    return notices


def fresh(session: Session, found: Iterable[Happening]) -> list[Happening]:
    """Return what of `found` was not told yet, each thing once."""
    wanted, known = {one.about: one for one in found}, set[str]()
    names = list(wanted)
    for at in range(0, len(names), _ASKED_AT_ONCE):
        some = names[at : at + _ASKED_AT_ONCE]
        known.update(session.scalars(select(Notice.about).where(Notice.about.in_(some))))
    return [one for about, one in wanted.items() if about not in known]


def file_test(session: Session, contact: NoticeContact, *, by: str, now: datetime) -> Notice:
    """Keep a notice for one address alone, by which people see whether it works.  `by` is a login."""
    tried = Happening(
        "test",
        f"test|{contact.id}|{now.isoformat()}",
        contact.unit_id,
        None,
        "Thử gửi báo tin",
        f"Tin thử do {by} gửi. Nhận được tin này là địa chỉ dùng được.",
    )
    notice = _notice(tried, now)
    notice.seen_at, notice.seen_by = now, by
    notice.deliveries = [_delivery(contact, now)]
    session.add(notice)
    session.flush()
    return notice


def cursor_of(session: Session) -> Cursor | None:
    """Return how far was read, None before the first look."""
    kept = session.get(Setting, CURSOR)
    return Cursor(**json.loads(kept.value)) if kept else None


def keep_cursor(session: Session, cursor: Cursor, now: datetime) -> None:
    """Keep how far was read."""
    kept = session.get(Setting, CURSOR) or Setting(key=CURSOR, value="", updated_at=now)
    value = json.dumps({"change": cursor.change, "alarm": cursor.alarm})
    if kept.value != value:
        kept.value, kept.updated_at = value, now
        session.add(kept)
        session.flush()


def unseen(session: Session, unit_ids: Collection[int], now: datetime) -> list[Notice]:
    """Return what nobody has marked as seen at the units in the last week, the newest first.

    Of an emergency at many units one notice stands for all.
    """
    return list(session.scalars(select(Notice).where(*_shown(unit_ids, now)).order_by(Notice.id.desc())))


def count_unseen(session: Session, unit_ids: Collection[int], now: datetime) -> int:
    """Return how many that are."""
    query = select(func.count()).select_from(Notice).where(*_shown(unit_ids, now))
    return session.scalar(query) or 0


def recent(session: Session, unit_ids: Collection[int], *, most: int) -> Sequence[Notice]:
    """Return the newest notices of the units with what became of each delivery."""
    query = select(Notice).where(Notice.unit_id.in_(unit_ids)).order_by(Notice.id.desc()).limit(most)
    return session.scalars(query.options(selectinload(Notice.deliveries))).all()


def get(session: Session, notice_id: int) -> Notice:
    """Return a notice, or raise NotFoundError."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFoundError("Không có tin báo số {id}.", id=notice_id)
    return notice


def mark_seen(
    session: Session, ids: Collection[int], unit_ids: Collection[int], *, by: str, now: datetime
) -> None:
    """Mark notices, and those of the units for which they stand, as seen by a login; who was first stays."""
    stand_for = select(Notice.subject).where(Notice.id.in_(ids), Notice.kind.in_(KINDS))
    alike = and_(Notice.kind.in_(KINDS), Notice.subject.in_(stand_for), *_unseen(unit_ids, now))
    which = (or_(Notice.id.in_(ids), alike), Notice.seen_at.is_(None))
    session.execute(update(Notice).where(*which).values(seen_at=now, seen_by=by))


def send_again(session: Session, delivery_id: int, now: datetime) -> NoticeDelivery:
    """Let a delivery that failed, or of which nobody knows, be tried anew; or raise NotFoundError."""
    query = select(NoticeDelivery).where(
        NoticeDelivery.id == delivery_id, NoticeDelivery.state.in_(("failed", "unsure"))
    )
    delivery = session.scalars(query).first()
    if delivery is None:
        raise NotFoundError("Không có tin nào cần gửi lại.")
    delivery.state, delivery.next_try_at, delivery.error = "waiting", now, None
    session.flush()
    return delivery


def _notice(one: Happening, now: datetime) -> Notice:
    return Notice(
        at=now,
        kind=one.kind,
        unit_id=one.unit_id,
        station=one.station,
        about=one.about,
        subject=one.subject,
        text=one.text,
    )


def _delivery(contact: NoticeContact, now: datetime) -> NoticeDelivery:
    return NoticeDelivery(
        contact=contact, way=contact.way, address=contact.address, state="waiting", tries=0, next_try_at=now
    )


def _in_use(session: Session) -> dict[int, list[NoticeContact]]:
    found: dict[int, list[NoticeContact]] = {}
    for contact in session.scalars(select(NoticeContact).where(NoticeContact.ended_at.is_(None))):
        found.setdefault(contact.unit_id, []).append(contact)
    return found


def _shown(unit_ids: Collection[int], now: datetime) -> tuple[ColumnElement[bool], ...]:
    unseen = _unseen(unit_ids, now)
    first = select(func.min(Notice.id)).where(Notice.kind.in_(KINDS), *unseen).group_by(Notice.subject)
    return (*unseen, or_(Notice.kind.not_in(KINDS), Notice.id.in_(first)))


def _unseen(unit_ids: Collection[int], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Notice.seen_at.is_(None), Notice.unit_id.in_(unit_ids), Notice.at > now - SHOWN_FOR)
