"""Clips: the mastered sounds, named by the sha256 of their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Clip(Base):
    """A clip that stands in the library, with the recipe it was first made by.

    `voice` is the one that spoke, be it the wanted one or not; `loudness_mlu` is 1/1000 LUFS of the
    decoded file.
    """

    __tablename__ = "clip"
    __table_args__ = (
        CheckConstraint("bytes > 0", name="bytes_positive"),
        CheckConstraint("duration_ms > 0", name="duration_positive"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[int]
    duration_ms: Mapped[int]
    media_type: Mapped[str]
    voice: Mapped[str]
    loudness_mlu: Mapped[int]
    recipe_sha256: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    created_at: Mapped[datetime]
