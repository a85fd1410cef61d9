"""The render queue: leased rows, so that a killed worker loses nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audio.models.clip import Clip
from content.db import BIG, Base


class JobState(StrEnum):
    """Where a render job stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.WORKING)
_OPEN = text("state IN ('queued', 'working')")


class RenderJob(Base):
    """One recipe to be made.  At most one job of a recipe is open.

    Working: `leased_by` holds it until `lease_until`; `attempts` names the try and fences off older
    ones; `deaths` counts the workers that died over it.  Queued: taken once `ready_at` has come.
    `sentence_cached` of the sentences done had been spoken before.  `fallback`: done, by another voice
    than the recipe's first.  A `renewal` is worth making by that first voice only.  `error` is Vietnamese,
    for the page; of a fallback it tells why the first voice did not speak.
    """

    __tablename__ = "render_job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'working', 'done', 'failed', 'cancelled')", name="state_known"),
        CheckConstraint(
            "state <> 'working' OR (leased_by IS NOT NULL AND lease_until IS NOT NULL)", name="leased"
        ),
        CheckConstraint("state <> 'done' OR clip_sha256 IS NOT NULL", name="done_has_clip"),
        Index("ix_render_job_open", "recipe_sha256", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_render_job_queue", "state", "ready_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    recipe_sha256: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    state: Mapped[str]
    ready_at: Mapped[datetime]
    leased_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    sentence_done: Mapped[int] = mapped_column(default=0)
    sentence_cached: Mapped[int] = mapped_column(default=0, server_default="0")
    sentence_total: Mapped[int]
    seconds_made_ms: Mapped[int] = mapped_column(default=0)
    renewal: Mapped[bool] = mapped_column(default=False, server_default=false())
    fallback: Mapped[bool] = mapped_column(default=False, server_default=false())
    error: Mapped[str | None]
    clip_sha256: Mapped[str | None] = mapped_column(ForeignKey("clip.sha256"), index=True)
    asked_by: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    clip: Mapped[Clip | None] = relationship()
