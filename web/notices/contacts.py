"""The addresses that a unit's notices go to.  Services flush, never commit."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.text import MAIL_ADDRESS, line
from web.notices.models import WAYS, NoticeContact

MOST = 20
"""Addresses of one unit: more would be a mailing list, which a mail server keeps better."""
_LONGEST = 300


def add(
    session: Session, unit_id: int, way: str, address: str, *, below: bool, by: str, now: datetime
) -> NoticeContact:
    """Keep an address of a unit; `below`: it is told of all units below, too.  `by` is a login."""
    address = checked(way, address)
    held = contacts_of(session, {unit_id})
    if any((one.way, one.address) == (way, address) for one in held):
        raise ConflictError("Đơn vị này đã có địa chỉ {address}.", address=address)
    if len(held) >= MOST:
        raise ConflictError("Mỗi đơn vị có nhiều nhất {count} địa chỉ.", count=MOST)
    contact = NoticeContact(
        unit_id=unit_id,
        way=way,
        address=address,
        below=below,
        secret=secrets.token_urlsafe(32) if way == "webhook" else None,
        created_by=by,
        created_at=now,
    )
    session.add(contact)
    session.flush()
    audit.record(
        session,
        "notices.contact",
        actor=by,
        subject=f"unit:{unit_id}",
        now=now,
        way=way,
        contact=contact.id,
    )
    return contact


def end(session: Session, contact: NoticeContact, *, by: str, now: datetime) -> None:
    """Take an address out of use; what was told to it stays in the log."""
    contact.ended_at = contact.ended_at or now
    session.flush()
    subject = f"unit:{contact.unit_id}"
    audit.record(session, "notices.contact.end", actor=by, subject=subject, now=now, contact=contact.id)


def get(session: Session, contact_id: int) -> NoticeContact:
    """Return an address in use, or raise NotFoundError."""
    contact = session.get(NoticeContact, contact_id)
    if contact is None or contact.ended_at is not None:
        raise NotFoundError("Không có địa chỉ báo tin số {id}.", id=contact_id)
    return contact


def contacts_of(session: Session, unit_ids: Collection[int]) -> list[NoticeContact]:
    """Return the addresses in use of the units themselves, the oldest first."""
    query = select(NoticeContact).where(NoticeContact.ended_at.is_(None), NoticeContact.unit_id.in_(unit_ids))
    return list(session.scalars(query.order_by(NoticeContact.id)))


def checked(way: str, address: str) -> str:
    """Return the address as it is kept, or raise InvalidInputError."""
    if way not in WAYS:
        raise InvalidInputError("Hãy chọn thư điện tử hoặc webhook.", field="way")
    address = line(address, field="address", what="Địa chỉ", limit=_LONGEST)
    if way == "email" and not MAIL_ADDRESS.fullmatch(address):
        raise InvalidInputError("Địa chỉ thư viết như ten@don-vi.vn.", field="address")
    if way == "webhook" and not _is_url(address):
        raise InvalidInputError(
            "Webhook là địa chỉ https://… hoặc http://…, không có tên và mật khẩu.", field="address"
        )
    return address


def _is_url(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    plain = address.isascii() and parts.username is None and parts.password is None and port != 0
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)
