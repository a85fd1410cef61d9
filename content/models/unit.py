"""The unit tree: thành phố → (quận) → phường → tổ/cụm.  Units come and go; what they were stays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Base


class Unit(Base):
    """A unit of the tree, in being on the days `valid_from <= day < valid_to` (no end: None).

    `successor_id` names the unit that took over when this one was merged.  `self_approval` lets a
    person approve what he wrote himself; the audit log then says so.  `tags` are slugs by which
    rules and orders reach it (`noi-thanh`, `benh-vien`); with `week_approval` a week's plan is
    released only after an approver has approved it.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_start"),
        CheckConstraint("kind IN ('city', 'district', 'ward', 'cluster')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    self_approval: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    week_approval: Mapped[bool] = mapped_column(default=False, server_default=false())

    def in_being(self, day: date) -> bool:
        """Tell whether the unit exists on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
