"""What people are told, to which addresses, and what became of each telling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import BIG, Base
from content.models.unit import Unit

_UNSEEN = text("seen_at IS NULL")
_WAITING = text("state = 'waiting'")
_IN_HAND = text("state = 'handing'")
WAYS = ("email", "webhook")


class NoticeContact(Base):
    """An address of a unit; `below`: told of all units below, too.  What goes to a webhook is signed."""

    __tablename__ = "notice_contact"
    __table_args__ = (CheckConstraint("way IN ('email', 'webhook')", name="way_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    way: Mapped[str]
    address: Mapped[str]
    below: Mapped[bool]
    secret: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()


class Notice(Base):
    """One thing that people should know; `about` names it, so that it is told once whatever looks twice."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unseen", "unit_id", "at", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    station: Mapped[str | None] = mapped_column(ForeignKey("station.name"))
    about: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    text: Mapped[str]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]
    unit: Mapped[Unit] = relationship()
    deliveries: Mapped[list[NoticeDelivery]] = relationship(back_populates="notice")


class NoticeDelivery(Base):
    """A notice on its way to one address.

    waiting → handing (committed before the message leaves us) → sent | waiting | failed.  What stands in
    `handing` after a crash becomes `unsure`: nobody knows whether it arrived, and it is not sent again by
    itself.
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "contact_id"),
        CheckConstraint("state IN ('waiting', 'handing', 'sent', 'failed', 'unsure')", name="state_known"),
        Index("ix_notice_delivery_due", "next_try_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_notice_delivery_in_hand", "handed_at", sqlite_where=_IN_HAND, postgresql_where=_IN_HAND),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(BIG, ForeignKey("notice.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("notice_contact.id"), index=True)
    way: Mapped[str]
    address: Mapped[str]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    notice: Mapped[Notice] = relationship(back_populates="deliveries")
    contact: Mapped[NoticeContact] = relationship()
