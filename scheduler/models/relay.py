"""Relay sources: what an approver lets stations relay, when, and until when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class RelaySource(Base):
    """A stream that stations of a unit and below may relay within `local_from`–`local_to` (HH:MM).

    It may be relayed on the local days `first_day <= day <= last_day` (None: no end), and only while
    the permission stands: `permitted_at` is set and `until` (None: no end) has not come.
    """

    __tablename__ = "relay_source"
    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="days_forward"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    local_from: Mapped[str]
    local_to: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    permitted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    permitted_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
