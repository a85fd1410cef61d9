"""Rules of broadcasting as data, with source and validity, and the exceptions that people allowed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Rule(Base):
    """What binds a unit and all below it, or every unit with a tag, or (neither) everyone.

    It holds on the days `valid_from <= day <= valid_to` (None: no end).  `value` depends on the kind
    (scheduler/limits.py); `citation` is what a refusal quotes.  `key` names a shipped rule.  A rule
    is never changed: a change ends it (`ended_at`) and adds one.
    """

    __tablename__ = "rule"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sessions_per_day', 'minutes_per_session', 'minutes_per_day', 'weekdays', 'quiet',"
            " 'sensitive', 'never_together', 'level_cap')",
            name="kind_known",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_forward"),
        CheckConstraint("unit_id IS NULL OR tag IS NULL", name="one_scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[str]
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    tag: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    citation: Mapped[str]
    source_url: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RuleException(Base):
    """A rule not held at one unit and below on some days: asked for by one person, approved by another.

    It counts once `approved_at` is set, for one order or window if it names one.
    """

    __tablename__ = "rule_exception"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_forward"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="two_people"),
        CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="one_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    refused_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    refused_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_order.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_window.id"))
