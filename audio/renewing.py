"""Clips made anew by themselves: the better voice is back, or the file is lost; approved ones never."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio.housekeeping import KEPT
from audio.library import Library
from audio.models import OPEN_STATES, JobState, RenderJob
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


def renew_lost(
    session: Session, library: Library, now: datetime, *, still_wanted: Callable[[Recipe], bool]
) -> int:
    """Queue every clip of the last 30 days whose file is gone, here and in the archive; return how many.

    Left alone is what an approval names (only its very bytes may stand for it), what was tried within
    `PAUSE` or is being tried, and what `still_wanted` does not want.
    """
    renewed = 0
    for job_id, sha256 in _made(session, now):
        if library.has(sha256):
            continue
        recipe = Recipe.parse(session.get_one(RenderJob, job_id).recipe)
        if still_wanted(recipe):
            open_job(session, recipe, now)
            renewed += 1
    return renewed


def _made(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Return (job, clip) of every recipe made lately that nobody works on, approved clips left out."""
    ended = RenderJob.state == JobState.DONE
    latest = select(func.max(RenderJob.id)).where(ended, RenderJob.updated_at > now - KEPT)
    given_up = RenderJob.state.in_((JobState.FAILED, JobState.CANCELLED)) & (
        RenderJob.updated_at > now - PAUSE
    )
    tried = select(RenderJob.recipe_sha256).where(given_up | RenderJob.state.in_(OPEN_STATES))
    query = select(RenderJob.id, RenderJob.clip_sha256).where(
        RenderJob.id.in_(latest.group_by(RenderJob.recipe_sha256)),
        RenderJob.recipe_sha256.not_in(tried),
        RenderJob.clip_sha256.not_in(select(Approval.clip_sha256)),
    )
    return [(job_id, str(sha256)) for job_id, sha256 in session.execute(query.order_by(RenderJob.id))]


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
