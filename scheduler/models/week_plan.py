"""Week plans: a unit's week as its approver releases it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class WeekPlan(Base):
    """The week of a unit that begins on `monday`; `digest` names what was submitted or approved."""

    __tablename__ = "week_plan"
    __table_args__ = (
        UniqueConstraint("unit_id", "monday"),
        CheckConstraint("state IN ('open', 'submitted', 'approved', 'changed')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    monday: Mapped[date]
    state: Mapped[str]
    digest: Mapped[str | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]


class WeekPlanLine(Base):
    """One airing as it stood when its week was approved: what it is and when, by a digest."""

    __tablename__ = "week_plan_line"

    airing: Mapped[str] = mapped_column(String(32), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("week_plan.id"), primary_key=True, index=True)
    digest: Mapped[str]
