"""Quotas: how much airtime a programme is owed in a week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base

_EVERYWHERE = text("unit_id IS NULL")
_SOMEWHERE = text("unit_id IS NOT NULL")


class Quota(Base):
    """Seconds that each station of a unit (None: of every unit) owes the programme in a week."""

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("seconds_per_week BETWEEN 0 AND 604800", name="seconds_sane"),
        Index(
            "ix_quota_everywhere",
            "programme_id",
            unique=True,
            sqlite_where=_EVERYWHERE,
            postgresql_where=_EVERYWHERE,
        ),
        Index(
            "ix_quota_unit",
            "programme_id",
            "unit_id",
            unique=True,
            sqlite_where=_SOMEWHERE,
            postgresql_where=_SOMEWHERE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    seconds_per_week: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
