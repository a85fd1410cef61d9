"""Airings: one clip at one station at one instant, the row that everything turns on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import BIG, Base
from content.models.guards import append_only, frozen_when

_WAITING = text("state IN ('released', 'due')")
TO_START = text("state = 'released' AND recalled_at IS NULL")
"""What dispatch looks for, word for word: only so does SQLite see that the index serves."""

_SOUNDING = text("state = 'on_air'")
_STARTED = text("started_at IS NOT NULL")
ON_AIR = text("airing.state = 'on_air'")
"""What sounds now, word for word as the index that holds these few rows."""


class Airing(Base):
    """A hearing owed (or born at the station), and what became of it.

    `due` and `n` name the hearing, `starts_at` its place; it may begin until `not_after` (None of the
    times is local).  `gain_mdb` (1/1000 dB, never above 0) is what its window and the rules bound it to.
    `released_generation` is the first manifest that carried it.  A row whose rank
    is 4 is final: the database itself refuses to change or delete it.
    """

    __tablename__ = "airing"
    __table_args__ = (
        UniqueConstraint("order_id", "station", "due", "n"),
        CheckConstraint("rank BETWEEN 0 AND 4", name="rank_known"),
        CheckConstraint("not_after >= starts_at", name="not_after_start"),
        Index("ix_airing_waiting", "starts_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_airing_to_start", "starts_at", sqlite_where=TO_START, postgresql_where=TO_START),
        Index("ix_airing_station_day", "station", "starts_at"),
        Index("ix_airing_on_air", "station", sqlite_where=_SOUNDING, postgresql_where=_SOUNDING),
        Index("ix_airing_started", "started_at", sqlite_where=_STARTED, postgresql_where=_STARTED),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str]
    level: Mapped[str]
    station: Mapped[str] = mapped_column(ForeignKey("station.name"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_order.id"))
    bulletin_id: Mapped[int | None] = mapped_column(ForeignKey("bulletin.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_window.id"))
    due: Mapped[date | None]
    n: Mapped[int | None]
    starts_at: Mapped[datetime]
    not_after: Mapped[datetime]
    duration_ms: Mapped[int]
    gain_mdb: Mapped[int] = mapped_column(default=0, server_default="0")
    clip_sha256: Mapped[str | None]
    clip_bytes: Mapped[int | None]
    media_type: Mapped[str | None]
    title: Mapped[str]
    programme: Mapped[str | None]
    state: Mapped[str]
    rank: Mapped[int]
    reason: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    heard_ms: Mapped[int | None]
    released_generation: Mapped[int | None]
    recalled_at: Mapped[datetime | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AiringChange(Base):
    """One step of an airing: the state it came to, or (the same state) the place it was moved to."""

    __tablename__ = "airing_change"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    airing: Mapped[str] = mapped_column(ForeignKey("airing.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str]
    starts_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    by: Mapped[str]


frozen_when(Airing.__table__, "OLD.rank = 4")
append_only(AiringChange.__table__)
