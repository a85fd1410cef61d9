"""The lexicon's rows: how the office wants a written form said, everywhere, in a unit, or in a programme."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import BIG, Base
from content.models.guards import frozen_when

EVERYWHERE = "everywhere"
_UNIT, _PROGRAMME = "unit:", "programme:"


def unit_scope(unit_id: int) -> str:
    """Return the scope of a unit and all below it."""
    return f"{_UNIT}{unit_id}"


def programme_scope(code: str) -> str:
    """Return the scope of a programme."""
    return f"{_PROGRAMME}{code}"


class LexiconEntry(Base):
    """One form and how it is said within `scope`: `everywhere`, `unit:ID` or `programme:CODE`.

    A row is never changed: a change ends it (`ended_at`) and adds another.  `version` is that of the whole
    lexicon since the row was added.
    """

    __tablename__ = "lexicon_entry"
    __table_args__ = (
        Index(
            "ix_lexicon_entry_standing",
            "written",
            "scope",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    written: Mapped[str]
    spoken: Mapped[str]
    scope: Mapped[str]
    note: Mapped[str]
    version: Mapped[str]
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    ended_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]

    @property
    def unit_id(self) -> int | None:
        """The unit within which it holds, if it is one."""
        return int(self.scope.removeprefix(_UNIT)) if self.scope.startswith(_UNIT) else None

    @property
    def programme(self) -> str | None:
        """The code of the programme within which it holds, if it is one."""
        return self.scope.removeprefix(_PROGRAMME) if self.scope.startswith(_PROGRAMME) else None


frozen_when(LexiconEntry.__table__, "OLD.ended_at IS NOT NULL")
