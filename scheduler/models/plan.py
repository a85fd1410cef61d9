"""The planner's own memory: how far it has read and planned, what is to be planned, what found no room."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class PlanCursor(Base):
    """How far a reader of the audit log has come, and up to which local day the horizon was opened."""

    __tablename__ = "plan_cursor"

    name: Mapped[str] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(BigInteger)
    planned_to_day: Mapped[date | None]
    at: Mapped[datetime]


class StationPlan(Base):
    """A station's standing with the planner: to be planned again from `dirty_from` on (None: not)."""

    __tablename__ = "station_plan"

    station: Mapped[str] = mapped_column(ForeignKey("station.name"), primary_key=True)
    dirty_from: Mapped[date | None] = mapped_column(index=True)
    reason: Mapped[str | None]
    planned_at: Mapped[datetime | None]
    digest: Mapped[str | None]


class Unplaced(Base):
    """A hearing owed that found no room, and why; deleted once it has a place."""

    __tablename__ = "unplaced"

    order_id: Mapped[int] = mapped_column(ForeignKey("broadcast_order.id"), primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"), primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
