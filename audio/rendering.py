"""The render queue: jobs are asked for, leased, carried on, ended.  Services: they flush, never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Result, Select, and_, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audio.composing import ClipFacts, render
from audio.models import OPEN_STATES, Clip, JobState, RenderJob
from audio.recipe import Recipe
from content.errors import ConflictError, LoaPhuongError, NotFoundError
from content.models.bulletin import Approval

__all__ = ["ClipFacts", "Lease", "Recipe", "render"]

LEASE_SECONDS = 180
"""Longer than any one step of the work may take: it is renewed at each sentence and mastering round."""
MOST_DEATHS = 5
GIVE_UP_AFTER = timedelta(hours=24)
_RETRY_SECONDS = (5, 20, 60, 180)
_GONE = "Máy tạo tiếng dừng giữa chừng {count} lần. Hãy báo người quản trị xem nhật ký rồi thử lại."


@dataclass(frozen=True)
class Lease:
    """A worker's right to a job: this worker, this attempt.  An older attempt can change nothing.

    `renewal`: only the recipe's first voice is worth hearing.
    """

    job_id: int
    worker: str
    attempt: int
    recipe: Recipe
    renewal: bool = False


def request(
    session: Session,
    *,
    spoken: str,
    title: str,
    programme: str | None,
    voices: Sequence[str],
    now: datetime,
    repeat: int = 1,
    asked_by: int | None = None,
) -> RenderJob | Clip:
    """Return the clip of these words if there is one, else the open job that makes it (new if need be).

    InvalidInputError when there is nothing to say.
    """
    recipe = Recipe.of(spoken, title=title, programme=programme, voices=voices, repeat=repeat)
    return order(session, recipe, now, asked_by=asked_by)


def order(
    session: Session, recipe: Recipe, now: datetime, *, asked_by: int | None = None
) -> RenderJob | Clip:
    """Return the recipe's clip if there is one, else the open job that makes it (new if need be)."""
    return clip_of(session, recipe) or open_job(session, recipe, now, asked_by=asked_by)


def renew(session: Session, clip_sha256: str, now: datetime, *, asked_by: int | None = None) -> RenderJob:
    """Make a clip whose file is lost again by its own recipe.

    An approved one is made by the voice that spoke it, for only the very same bytes may stand for it.
    """
    clip = session.get(Clip, clip_sha256)
    if clip is None:
        raise NotFoundError("Không có tệp phát nào mang mã này.")
    recipe = Recipe.parse(clip.recipe)
    approved = session.scalar(select(Approval.id).where(Approval.clip_sha256 == clip_sha256).limit(1))
    if approved is not None and recipe.voices:
        recipe = replace(recipe, voices=(clip.voice,))
    return open_job(session, recipe, now, asked_by=asked_by)


def clip_of(session: Session, recipe: Recipe) -> Clip | None:
    """Return the latest clip made by this recipe."""
    made = (
        select(Clip)
        .join(RenderJob, RenderJob.clip_sha256 == Clip.sha256)
        .where(RenderJob.recipe_sha256 == recipe.sha256, RenderJob.state == JobState.DONE)
        .order_by(RenderJob.id.desc())
        .limit(1)
    )
    return session.scalars(made).first()


def waiting(session: Session, now: datetime) -> bool:
    """Tell whether a worker has something to do: a job to take or a dead worker's to take back."""
    return session.scalar(select(RenderJob.id).where(or_(_ready(now), _expired(now))).limit(1)) is not None


def lease_next(session: Session, worker: str, now: datetime) -> Lease | None:
    """Give the longest waiting job to `worker` for `LEASE_SECONDS`, or None when the queue is empty."""
    queue = select(RenderJob).where(_ready(now)).order_by(RenderJob.id).limit(1)
    job = session.scalars(queue.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    job.state, job.leased_by = JobState.WORKING, worker
    job.lease_until = now + timedelta(seconds=LEASE_SECONDS)
    job.attempts += 1
    job.sentence_done = job.seconds_made_ms = 0
    job.error, job.updated_at = None, now
    session.flush()
    return Lease(job.id, worker, job.attempts, Recipe.parse(job.recipe), job.renewal)


def progress(session: Session, lease: Lease, *, done: int, made_ms: int, now: datetime) -> None:
    """Note how far the job is and hold it longer; ConflictError when it is no longer this worker's."""
    _change(
        session,
        lease,
        sentence_done=done,
        seconds_made_ms=made_ms,
        lease_until=now + timedelta(seconds=LEASE_SECONDS),
        updated_at=now,
    )


def finish(session: Session, lease: Lease, facts: ClipFacts, now: datetime) -> Clip:
    """End the job with its clip; ConflictError when it is no longer this worker's."""
    made = lease.recipe.by_this_build()
    clip = session.get(Clip, facts.sha256) or _new_clip(session, made, facts, now)
    _change(
        session,
        lease,
        state=JobState.DONE,
        clip_sha256=clip.sha256,
        sentence_done=lease.recipe.steps,
        sentence_cached=facts.cached,
        fallback=facts.voice != (lease.recipe.wanted_voice or facts.voice),
        error=facts.why_fallback,
        leased_by=None,
        lease_until=None,
        updated_at=now,
    )
    return clip


def require_held(session: Session, lease: Lease) -> None:
    """Raise ConflictError when the job is no longer this worker's."""
    if session.scalar(select(RenderJob.id).where(*_held(lease))) is None:
        raise _not_held(lease)


def fail(
    session: Session, lease: Lease, error: LoaPhuongError, now: datetime, *, again: bool
) -> datetime | None:
    """Put the job back to be tried later (`again`), or end it, with what is told to the person who waits.

    Return when it is tried again, None when it has failed for good.
    """
    asked_at = session.scalars(select(RenderJob.created_at).where(RenderJob.id == lease.job_id)).one()
    retry = again and now - asked_at < GIVE_UP_AFTER
    later = now + timedelta(seconds=_RETRY_SECONDS[min(lease.attempt, len(_RETRY_SECONDS)) - 1])
    _change(
        session,
        lease,
        state=JobState.QUEUED if retry else JobState.FAILED,
        ready_at=later,
        error=str(error),
        leased_by=None,
        lease_until=None,
        updated_at=now,
    )
    return later if retry else None


def put_back(session: Session, lease: Lease, now: datetime) -> None:
    """Return a job in good order, to be taken by anybody at once; ConflictError as above."""
    _change(
        session, lease, state=JobState.QUEUED, ready_at=now, leased_by=None, lease_until=None, updated_at=now
    )


def cancel(session: Session, job_id: int, now: datetime) -> None:
    """End an open job; its worker notices at the next sentence.  ConflictError when it has ended."""
    ended = session.execute(
        update(RenderJob)
        .where(RenderJob.id == job_id, RenderJob.state.in_(OPEN_STATES))
        .values(state=JobState.CANCELLED, leased_by=None, lease_until=None, updated_at=now)
    )
    if not _touched(ended):
        raise ConflictError("Việc tạo tiếng này đã kết thúc nên không hủy được nữa.")


def sweep(session: Session, now: datetime) -> int:
    """Take back every job whose lease ran out; return how many.  After `MOST_DEATHS` it has failed."""
    return _take_back(session, select(RenderJob).where(_expired(now)), now)


def release(session: Session, worker: str, now: datetime) -> int:
    """Take back what a worker of this name held when it died; call it as that worker starts."""
    held = select(RenderJob).where(RenderJob.state == JobState.WORKING, RenderJob.leased_by == worker)
    return _take_back(session, held, now)


def open_job(
    session: Session,
    recipe: Recipe,
    now: datetime,
    *,
    asked_by: int | None = None,
    renewal: bool = False,
) -> RenderJob:
    """Return the recipe's open job, a new one if there is none; `renewal` as in the table."""
    standing = session.scalars(_open_jobs(recipe)).first()
    if standing is not None:
        return standing
    job = RenderJob(
        recipe_sha256=recipe.sha256,
        recipe=recipe.text,
        state=JobState.QUEUED,
        ready_at=now,
        sentence_total=recipe.steps,
        asked_by=asked_by,
        renewal=renewal,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        return session.scalars(_open_jobs(recipe)).one()
    return job


def open_jobs_of(session: Session, revisions: Collection[int]) -> list[tuple[RenderJob, Recipe]]:
    """Return the open jobs whose recipes belong to one of these wordings."""
    marks = [RenderJob.recipe.contains(f'"revision":{one}') for one in revisions]
    jobs = session.scalars(select(RenderJob).where(RenderJob.state.in_(OPEN_STATES), or_(false(), *marks)))
    found = [(job, Recipe.parse(job.recipe)) for job in jobs]
    return [(job, recipe) for job, recipe in found if recipe.revision in revisions]


def replace_job(session: Session, job_id: int, instead: Recipe | None, now: datetime) -> None:
    """End an open job that nobody wants as it stands, and order what is wanted in its place, if anything.

    ConflictError when it has ended.
    """
    cancel(session, job_id, now)
    asked_by = session.scalar(select(RenderJob.asked_by).where(RenderJob.id == job_id))
    if instead is not None:
        order(session, instead, now, asked_by=asked_by)


def _open_jobs(recipe: Recipe) -> Select[RenderJob]:
    return select(RenderJob).where(RenderJob.recipe_sha256 == recipe.sha256, RenderJob.state.in_(OPEN_STATES))


def _new_clip(session: Session, recipe: Recipe, facts: ClipFacts, now: datetime) -> Clip:
    clip = Clip(
        sha256=facts.sha256,
        bytes=facts.bytes,
        duration_ms=facts.duration_ms,
        media_type=facts.media_type,
        voice=facts.voice,
        wanted_voice=recipe.wanted_voice,
        loudness_mlu=facts.loudness_mlu,
        peak_mdb=facts.peak_mdb,
        timing=[list(one) for one in facts.timing],
        peaks=list(facts.peaks),
        recipe_sha256=recipe.sha256,
        recipe=recipe.text,
        created_at=now,
    )
    session.add(clip)
    session.flush()
    return clip


def _change(session: Session, lease: Lease, **values: object) -> None:
    """Change the leased job, unless somebody took it away."""
    if not _touched(session.execute(update(RenderJob).where(*_held(lease)).values(**values))):
        raise _not_held(lease)


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        RenderJob.id == lease.job_id,
        RenderJob.state == JobState.WORKING,
        RenderJob.leased_by == lease.worker,
        RenderJob.attempts == lease.attempt,
    )


def _not_held(lease: Lease) -> ConflictError:
    return ConflictError("Việc tạo tiếng số {job} không còn thuộc về máy này.", job=lease.job_id)


def _take_back(session: Session, jobs: Select[RenderJob], now: datetime) -> int:
    taken = session.scalars(jobs.with_for_update(skip_locked=True)).all()
    for job in taken:
        job.deaths += 1
        lost = job.deaths >= MOST_DEATHS
        job.state = JobState.FAILED if lost else JobState.QUEUED
        job.error = _GONE.format(count=job.deaths) if lost else None
        job.ready_at = job.updated_at = now
        job.leased_by = job.lease_until = None
    session.flush()
    return len(taken)


def _ready(now: datetime) -> ColumnElement[bool]:
    return and_(RenderJob.state == JobState.QUEUED, RenderJob.ready_at <= now)


def _expired(now: datetime) -> ColumnElement[bool]:
    return and_(RenderJob.state == JobState.WORKING, RenderJob.lease_until <= now)


def _touched(result: Result[Any]) -> bool:
    return isinstance(result, CursorResult) and result.rowcount > 0
