"""Orders to a station that are not airings: pause, skip, volume, a live session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Command(Base):
    """One command, done once by its uuid before `expires_at`; it travels in the manifest."""

    __tablename__ = "command"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"), index=True)
    kind: Mapped[str]
    item: Mapped[str | None]
    value: Mapped[int | str | None] = mapped_column(JSON)
    by: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
