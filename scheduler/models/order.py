"""Orders: a bulletin, or a relay, to be heard by units, on days, so many times."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.bulletin import Bulletin


class Order(Base):
    """Local days `first_day <= day <= last_day` on `weekdays` (digits, 1 = Monday … 7 = Sunday).

    Each such day owes every station reached `times_per_day` hearings; with `fixed_times` (HH:MM) the
    n-th hearing has the n-th of them, otherwise the planner finds places in the broadcasts.  With
    `source_id` it is a relay of `duration_ms` instead of a bulletin; `stand_in_id` names a bulletin whose
    clip sounds when the source is silent.  `tags`: units that carry one
    of them are reached too.  `calendars`: ids with a sign, as of a window.  `changed_at`: what a change
    asked for is owed from then on, never for times that had passed.
    """

    __tablename__ = "broadcast_order"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_forward"),
        CheckConstraint("level IN ('normal', 'priority', 'emergency')", name="level_known"),
        CheckConstraint("times_per_day BETWEEN 1 AND 6", name="times_sane"),
        CheckConstraint("(bulletin_id IS NULL) <> (source_id IS NULL)", name="one_matter"),
        CheckConstraint("(source_id IS NULL) = (duration_ms IS NULL)", name="relay_lasts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int | None] = mapped_column(ForeignKey("bulletin.id"), index=True)
    level: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    weekdays: Mapped[str]
    times_per_day: Mapped[int]
    fixed_times: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    calendars: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("relay_source.id"))
    duration_ms: Mapped[int | None]
    stand_in_id: Mapped[int | None]
    bulletin: Mapped[Bulletin | None] = relationship()
    units: Mapped[list[OrderUnit]] = relationship(lazy="selectin", order_by="OrderUnit.unit_id")


class OrderUnit(Base):
    """A unit that an order names; everything below it is reached too."""

    __tablename__ = "order_unit"

    order_id: Mapped[int] = mapped_column(ForeignKey("broadcast_order.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
