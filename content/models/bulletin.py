"""Bulletins, their revisions, and the approval that is the ticket to air."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base
from content.models.guards import append_only
from content.models.people import User
from content.models.plan import Programme
from content.models.unit import Unit


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class BulletinKind(StrEnum):
    """What a bulletin is for: a message of its own, or the spoken opening or closing of programmes."""

    BULLETIN = "bulletin"
    IDENT = "ident"


class Bulletin(Base):
    """A bulletin of one unit; what it says stands in its revisions, the highest number counting.

    `recalled_at` ends it: nothing of it airs or shows any more.  An ident takes the same way to its
    approval; it is never ordered or posted by itself.
    """

    __tablename__ = "bulletin"
    __table_args__ = (CheckConstraint("kind IN ('bulletin', 'ident')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default=BulletinKind.BULLETIN, server_default="bulletin")
    unit: Mapped[Unit] = relationship()
    revisions: Mapped[list[Revision]] = relationship(back_populates="bulletin", order_by="Revision.number")

    @property
    def latest(self) -> Revision:
        """The revision that counts."""
        return self.revisions[-1]


class Revision(Base):
    """One wording of a bulletin: written text and the words as they will be said.

    It changes only while it is a draft.  `spoken_sha256`, `clip_sha256` are set when submitted and
    rendered; valid on the local days `valid_from <= day <= valid_to`.  `corrections` (written to
    spoken) are ways of saying that hold for this wording only, `places` single places said otherwise;
    `meant` are the pieces that its author was warned of and wants said as they stand.  `voice` is the one
    asked for before the settings' own order, `repeat` how often all is said; the text of an `internal`
    one leaves the house for no voice; `recording_sha256` names uploaded bytes that are mastered instead
    of spoken, the text being their transcript.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("bulletin_id", "number"),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'returned')", name="state_known"),
        CheckConstraint("level IN ('normal', 'priority', 'emergency')", name="level_known"),
        CheckConstraint("valid_to >= valid_from", name="validity_forward"),
        CheckConstraint("repeat BETWEEN 1 AND 3", name="repeat_known"),
        Index(
            "ix_revision_waiting",
            "submitted_at",
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"))
    number: Mapped[int]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    level: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    text_sha256: Mapped[str]
    spoken: Mapped[str]
    spoken_sha256: Mapped[str]
    lexicon_version: Mapped[str]
    corrections: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    meant: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    voice: Mapped[str | None]
    repeat: Mapped[int] = mapped_column(default=1, server_default="1")
    internal: Mapped[bool] = mapped_column(default=False, server_default=false())
    recording_sha256: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    state: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    bulletin: Mapped[Bulletin] = relationship(back_populates="revisions")
    programme: Mapped[Programme] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    approval: Mapped[Approval | None] = relationship(back_populates="revision")


class RevisionAuthor(Base):
    """Somebody who wrote or corrected a revision, and so may not approve it."""

    __tablename__ = "revision_author"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Approval(Base):
    """The ticket to air: it binds a revision's text, spoken words and the clip's very bytes.

    `heard_ms` is how much of the clip the approver listened to.  Rows are never changed.
    """

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), unique=True)
    text_sha256: Mapped[str]
    spoken_sha256: Mapped[str]
    clip_sha256: Mapped[str] = mapped_column(index=True)
    bytes: Mapped[int]
    duration_ms: Mapped[int]
    media_type: Mapped[str]
    voice: Mapped[str]
    lexicon_version: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime]
    heard_ms: Mapped[int]
    revision: Mapped[Revision] = relationship(back_populates="approval")
    approver: Mapped[User] = relationship()


append_only(Approval.__table__)
