"""Picks: what a ward chose to hear on a day, in its own order."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Pick(Base):
    """A bulletin that a ward wants on the local `day`; lower positions come first."""

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("station", "day", "bulletin_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"))
    day: Mapped[date]
    position: Mapped[int]
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), index=True)
    picked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    picked_at: Mapped[datetime]
