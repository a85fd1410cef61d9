"""Clips: the mastered sounds, named by the sha256 of their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Clip(Base):
    """A clip that stands in the library, with the recipe it was first made by.

    `voice` is the one that spoke, be it the wanted one (the recipe's first) or not; a recording wants
    none.  `loudness_mlu` and `peak_mdb` are 1/1000 LUFS and dBTP of the decoded file.  `timing` is a list
    of `[start_ms, end_ms, sentence, pass]` (both from 0) in that file, `peaks` at most 800 numbers from 0
    to 100: the largest sample of as many equal slices.
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
    wanted_voice: Mapped[str | None]
    loudness_mlu: Mapped[int]
    peak_mdb: Mapped[int | None]
    timing: Mapped[list[list[int]]] = mapped_column(JSON, default=list, server_default="[]")
    peaks: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    recipe_sha256: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    created_at: Mapped[datetime]
