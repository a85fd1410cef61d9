"""Emergencies: who called which wards, with what words, why, and who stood by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.bulletin import Bulletin
from content.models.people import User
from scheduler.models.order import Order

_OPEN = text("ended_at IS NULL")


class Emergency(Base):
    """A call, from the request to its end.

    `units` and `tags` name the area, `stations` the machines called (all of them in the area, or those
    chosen).  A phrase starts when it is requested; new words start when a second person confirms them.
    The order exists from the start on; its hearings are the rounds (n = 1, 2 …), every `repeat_minutes`
    until `until`, `rounds` of them.  `countersign_by` is the instant until which a second person is
    waited for; later it is reported.  `token` is the form's, so that a form sent twice starts once.
    """

    __tablename__ = "emergency"
    __table_args__ = (
        CheckConstraint("(started_at IS NULL) = (order_id IS NULL)", name="order_since_start"),
        Index("ix_emergency_open", "ended_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"))
    phrase_id: Mapped[int | None] = mapped_column(ForeignKey("phrase.id"))
    title: Mapped[str]
    exercise: Mapped[bool]
    reason: Mapped[str]
    units: Mapped[list[int]] = mapped_column(JSON)
    tags: Mapped[list[str]] = mapped_column(JSON)
    stations: Mapped[list[str]] = mapped_column(JSON)
    repeat_minutes: Mapped[int | None]
    until: Mapped[datetime]
    rounds: Mapped[int] = mapped_column(default=0)
    requested_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[datetime]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_order.id"), unique=True)
    countersign_by: Mapped[datetime | None]
    countersigned_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    countersigned_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    clear_order_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_order.id"), unique=True)
    bulletin: Mapped[Bulletin] = relationship()
    order: Mapped[Order | None] = relationship(foreign_keys=order_id)
    requester: Mapped[User] = relationship(foreign_keys=requested_by)
    starter: Mapped[User | None] = relationship(foreign_keys=started_by)
    countersigner: Mapped[User | None] = relationship(foreign_keys=countersigned_by)
    ender: Mapped[User | None] = relationship(foreign_keys=ended_by)

    @property
    def is_open(self) -> bool:
        """Whether it sounds, or waits for the second person, still."""
        return self.ended_at is None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.started_at is not None and self.ended_at is None

    @property
    def wants_countersign(self) -> bool:
        """Whether a second person has still to stand by it."""
        return self.started_at is not None and self.countersigned_at is None
