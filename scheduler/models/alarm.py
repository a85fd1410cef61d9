"""Alarms: what a person should look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import BIG, Base

_OPEN = text("cleared_at IS NULL")


class Alarm(Base):
    """Something that went wrong, open until a person or the next good sign clears it."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_open", "station", "kind", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    station: Mapped[str | None] = mapped_column(ForeignKey("station.name"))
    kind: Mapped[str]
    detail: Mapped[str]
    cleared_at: Mapped[datetime | None]
