"""Pulses: which processes and jobs live, and what last went wrong in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Pulse(Base):
    """`name` (`worker:HOST:1`, `bell:HOST:8001`, `job:plan`) lived at `seen_at`; `error`: it fails.

    Instants are the database's own: they tell how long ago, whatever a rehearsal's clock says.
    """

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    error: Mapped[str | None]
