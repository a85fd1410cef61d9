"""Leases: which process does a work that only one may do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Lease(Base):
    """`holder` has the work `name` until `expires_at`; `epoch` rises with every change of hands."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    epoch: Mapped[int]
    expires_at: Mapped[datetime]
    tick_at: Mapped[datetime]
