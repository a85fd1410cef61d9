"""Calendars: sets of days that windows and orders may require or exclude."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Calendar(Base):
    """A named set of days of a unit and all below it (None: everywhere), with where it comes from.

    `source` is the paper that fixes the days; `created_by` is a login.
    """

    __tablename__ = "calendar"
    __table_args__ = (
        CheckConstraint("kind IN ('holiday', 'swap', 'exam', 'mourning', 'other')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    source: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CalendarDay(Base):
    """One local day of a calendar."""

    __tablename__ = "calendar_day"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(default="", server_default="")
