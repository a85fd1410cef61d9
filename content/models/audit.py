"""The audit log's table, and the settings that are changed while running."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from content.db import BIG, Base
from content.models.guards import append_only


class Audit(Base):
    """One thing that was done: `line` is its LP-JSON, `previous` the sha256 of the line before."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    previous: Mapped[str] = mapped_column(unique=True)
    line: Mapped[str]


class Setting(Base):
    """A setting that is changed in the running program (`value` is JSON)."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime]


append_only(Audit.__table__)
