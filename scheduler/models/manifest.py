"""Manifests as they were signed, one row a generation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, event, false
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base
from content.models.guards import append_only


class Manifest(Base):
    """One generation for one station: `payload` is the envelope as it travels, `to` how far it reaches.

    A `spliced` one is the one before with an emergency added; one drawn whole from the rows follows soon.
    Every row has a `rowid` that grows from one to the next: SQLite gives it, elsewhere it is a column that
    the database alone fills in.
    """

    __tablename__ = "manifest"

    station: Mapped[str] = mapped_column(ForeignKey("station.name"), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[bytes]
    sha256: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    to: Mapped[datetime]
    spliced: Mapped[bool] = mapped_column(default=False, server_default=false())


append_only(Manifest.__table__)

_NUMBERED = "ALTER TABLE manifest ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE"
event.listen(
    Manifest.__table__,
    "after_create",
    DDL(_NUMBERED).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)
