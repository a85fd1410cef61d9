"""Stations: the machines at the wards, and the invitations by which they become ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.unit import Unit


class Station(Base):
    """A ward's machine.  `name` is a slug, never reused; what it last reported stands beside it.

    `generation` is the manifest it says it holds, `token_sha256` the hash of its bearer token.
    `fill`: with `auto` the planner fills what the ward has not chosen, with `ward` it leaves it.
    """

    __tablename__ = "station"
    __table_args__ = (CheckConstraint("fill IN ('auto', 'ward')", name="fill_known"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str]
    public_key: Mapped[str | None]
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    mode: Mapped[str | None]
    created_at: Mapped[datetime]
    enrolled_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    generation: Mapped[int] = mapped_column(default=0)
    boot: Mapped[str | None]
    clips_missing: Mapped[list[str]] = mapped_column(JSON, default=list)
    playing: Mapped[str | None]
    disk_free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    clock_ok: Mapped[bool | None]
    player: Mapped[str | None]
    version: Mapped[str | None]
    fill: Mapped[str] = mapped_column(default="auto", server_default="auto")
    unit: Mapped[Unit] = relationship()


class StationInvite(Base):
    """A code for enrolling once, before `expires_at`; only the hash of its secret is kept."""

    __tablename__ = "station_invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"), index=True)
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    keyid: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
