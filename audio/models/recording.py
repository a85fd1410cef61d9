"""Recordings: who gave which sound, when; their bytes lie on disk under their sha256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.people import User


class Recording(Base):
    """A sound as somebody gave it; the same bytes given by another person are another row.

    `media` is one of `audio.recordings.sniffing.KINDS`, found in the bytes themselves; `loudness_mlu` is
    1/1000 LUFS as given; `name_shown` is the file's name for people to read, never a path.
    """

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("sha256", "uploaded_by"),
        CheckConstraint("bytes > 0", name="bytes_positive"),
        CheckConstraint("duration_ms > 0", name="duration_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    bytes: Mapped[int]
    media: Mapped[str]
    duration_ms: Mapped[int]
    loudness_mlu: Mapped[int]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    uploaded_at: Mapped[datetime]
    name_shown: Mapped[str]
    uploader: Mapped[User] = relationship()
