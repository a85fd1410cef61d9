"""Windows: the recurring times in which a station broadcasts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Window(Base):
    """A recurring window: RFC 5545 `rrule` counted from `first_day`, wall time `local_start` (HH:MM).

    `budget_ms` is how long one broadcast lasts.  With `enforce_limits` false a rehearsal reports
    quiet hours instead of keeping them; in production the flag means nothing.
    """

    __tablename__ = "broadcast_window"
    __table_args__ = (
        CheckConstraint("budget_ms > 0", name="budget_positive"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="days_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"), index=True)
    title: Mapped[str]
    rrule: Mapped[str]
    local_start: Mapped[str]
    budget_ms: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    enforce_limits: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
