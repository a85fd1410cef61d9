"""Windows: the recurring times in which a station broadcasts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Window(Base):
    """A recurring window: RFC 5545 `rrule` counted from `first_day`, wall time `local_start` (HH:MM).

    `budget_ms` is how long one broadcast lasts.  With `enforce_limits` false a rehearsal reports
    the limits instead of keeping them; in production the flag means nothing.

    `exdates` and `rdates` (ISO days) are left out of and added to the days of the rule.  `lunar`
    (scheduler/lunar.py) stands in the rule's place.  `calendars` are ids with a sign: `+3` only on
    days of calendar 3, `-vn` never on public holidays.  `level_cap_mdb` bounds the gain (1/1000 dB).
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
    exdates: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    rdates: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    lunar: Mapped[str | None]
    calendars: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    level_cap_mdb: Mapped[int | None]
    created_at: Mapped[datetime]
