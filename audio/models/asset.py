"""Assets: the spoken openings and closings of a unit's programmes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.bulletin import Bulletin

_STANDING = text("retired_at IS NULL")


class AssetRole(StrEnum):
    """Where in a broadcast it is heard."""

    OPENING = "opening"
    CLOSING = "closing"


class Asset(Base):
    """An ident that opens or closes a unit's broadcasts, of one programme or (null) of all.

    Its words and its approval are those of its bulletin.  `retired_at` ends it: a newer one of the same
    place takes over only once it is approved, so several may stand meanwhile.
    """

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint("role IN ('opening', 'closing')", name="role_known"),
        Index("ix_asset_standing", "unit_id", "role", sqlite_where=_STANDING, postgresql_where=_STANDING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    bulletin: Mapped[Bulletin] = relationship()
