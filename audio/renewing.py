"""When the better voice is back: clips that another one spoke are made anew, unless they were approved."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio.models import JobState, RenderJob
from audio.recipe import Recipe
from audio.rendering import open_job
from content.models.bulletin import Approval

PAUSE = timedelta(minutes=10)
OLDEST = timedelta(days=60)


def renew_fallbacks(
    session: Session,
    can_speak: Collection[str],
    now: datetime,
    *,
    still_wanted: Callable[[Recipe], bool],
) -> int:
    """Queue every fallback whose first voice is among `can_speak`; return how many.

    Left alone are clips that an approval names, recipes tried within `PAUSE`, and those that nobody
    waits for any more: `still_wanted` is asked of what remains.
    """
    if not can_speak:
        return 0
    renewed = 0
    for job in _fallbacks(session, now):
        recipe = Recipe.parse(job.recipe)
        if recipe.wanted_voice in can_speak and still_wanted(recipe):
            open_job(session, recipe, now, renewal=True)
            renewed += 1
    return renewed


def _fallbacks(session: Session, now: datetime) -> list[RenderJob]:
    """Return the last finished job of every recipe that ended in a fallback, if it rested long enough."""
    latest = (
        select(func.max(RenderJob.id))
        .where(RenderJob.state == JobState.DONE, RenderJob.updated_at > now - OLDEST)
        .group_by(RenderJob.recipe_sha256)
    )
    touched = select(RenderJob.recipe_sha256).where(RenderJob.updated_at > now - PAUSE)
    approved = select(Approval.clip_sha256)
    query = select(RenderJob).where(
        RenderJob.id.in_(latest),
        RenderJob.fallback,
        RenderJob.recipe_sha256.not_in(touched),
        RenderJob.clip_sha256.not_in(approved),
    )
    return list(session.scalars(query.order_by(RenderJob.id)))
