"""A term's plan: its programmes, their targets and the duties of who carries it out.  Versions are kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base


class Plan(Base):
    """One version of a plan, as one file gave it (`sha256` of its bytes)."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    issuer: Mapped[str]
    source: Mapped[str]
    term_from: Mapped[int]
    term_to: Mapped[int]
    sha256: Mapped[str]
    imported_at: Mapped[datetime]
    programmes: Mapped[list[Programme]] = relationship(back_populates="plan", order_by="Programme.code")
    duties: Mapped[list[Duty]] = relationship(order_by="Duty.position")


class Programme(Base):
    """One of the plan's work programmes (01 … 10)."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str]
    title: Mapped[str]
    short_title: Mapped[str]
    plan: Mapped[Plan] = relationship(back_populates="programmes")
    targets: Mapped[list[Target]] = relationship(order_by="Target.position")


class Target(Base):
    """A numeric target: `comparator` over `low` and `high` in `unit`, due in `due`, quoted in `text`.

    Where the figure is a change (`change`, `per_year_growth`), `bound` is its comparator and
    `direction` its sense; otherwise `bound` repeats the comparator.
    """

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    group_name: Mapped[str]
    name: Mapped[str]
    comparator: Mapped[str]
    bound: Mapped[str]
    direction: Mapped[str]
    low: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    high: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    unit: Mapped[str]
    due: Mapped[str]
    text: Mapped[str]


class Duty(Base):
    """What section IV asks of one body, and by which channels (comma separated codes)."""

    __tablename__ = "duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    position: Mapped[int]
    body: Mapped[str]
    text: Mapped[str]
    channels: Mapped[str]
