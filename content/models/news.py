"""Articles of the public site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.bulletin import Approval
from content.models.plan import Programme
from content.models.unit import Unit


class NewsItem(Base):
    """An article, visible when `publish_at <= now < expire_at`; it carries what `approval` approved.

    `published_at` and `expired_at` are stamped by the scheduler when it noticed the change.
    """

    __tablename__ = "news_item"
    __table_args__ = (Index("ix_news_item_shown", "publish_at", "expire_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    posted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    posted_at: Mapped[datetime]
    publish_at: Mapped[datetime]
    expire_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    approval: Mapped[Approval] = relationship()
    unit: Mapped[Unit] = relationship()
    programme: Mapped[Programme] = relationship()
