"""Phrases: wordings for emergencies, approved ahead so that one person can call with them at once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.bulletin import Bulletin


class PhraseUse(StrEnum):
    """What a phrase is for: to call with, or to say that it is over."""

    CALL = "call"
    ALL_CLEAR = "all_clear"


class Phrase(Base):
    """A bulletin of its unit kept for emergencies there and below; text, words and clip are its approval's.

    An `exercise` says so in its title and in its first words, and is called at chosen stations only.
    `retired_at` ends it.
    """

    __tablename__ = "phrase"
    __table_args__ = (CheckConstraint("use IN ('call', 'all_clear')", name="use_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), unique=True)
    use: Mapped[str]
    exercise: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    bulletin: Mapped[Bulletin] = relationship()
