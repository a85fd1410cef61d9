"""What the stations say happened: their very lines, chained and sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import BIG, Base
from content.models.guards import append_only


class AsRunRecord(Base):
    """One line of a station's ledger, byte for byte; `sha256` is what the next line names."""

    __tablename__ = "as_run"

    station: Mapped[str] = mapped_column(ForeignKey("station.name"), primary_key=True)
    chain: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[bytes]
    sha256: Mapped[str]
    event: Mapped[str]
    airing: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime]
    received_at: Mapped[datetime]


class Seal(Base):
    """The signature over one batch, with the key (hex) that it was checked against."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("station", "chain", "last"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"))
    chain: Mapped[str]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[bytes]
    public_key: Mapped[str]
    received_at: Mapped[datetime]


class ChainHead(Base):
    """How far a chain has been acknowledged: its last line, and the span of time its lines cover."""

    __tablename__ = "chain_head"

    station: Mapped[str] = mapped_column(ForeignKey("station.name"), primary_key=True)
    chain: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str]
    opened_at: Mapped[datetime]
    reaches: Mapped[datetime]


class Fork(Base):
    """A line that came under a number already taken by another: kept apart, it counts for nothing."""

    __tablename__ = "fork"
    __table_args__ = (UniqueConstraint("station", "chain", "sequence", "sha256"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    station: Mapped[str] = mapped_column(ForeignKey("station.name"))
    chain: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    line: Mapped[bytes]
    received_at: Mapped[datetime]


for _table in (AsRunRecord.__table__, Seal.__table__, Fork.__table__):
    append_only(_table)
