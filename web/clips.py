"""A revision and its clip: asked of audio, told to the page, handed to the approval."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import estimate, rendering
from audio.models import Clip, JobState, RenderJob
from audio.recipe import Recipe
from content.bulletins import ClipFacts
from content.errors import InvalidInputError
from content.models.bulletin import Approval, Bulletin, Revision
from web import context


@dataclass(frozen=True)
class ClipState:
    """How far a revision's clip is: `none`, `waiting`, `rendering`, `ready`, `lost` or `failed`."""

    state: str
    job: RenderJob | None = None
    facts: ClipFacts | None = None

    @property
    def voice_title(self) -> str:
        """The name of the voice that spoke, for people."""
        titles = {voice.name: gettext(voice.title) for voice in context.house().voices}
        return titles.get(self.facts.voice, self.facts.voice) if self.facts else ""

    @property
    def fallback(self) -> bool:
        """Whether another voice than the first choice spoke."""
        return self.facts is not None and self.facts.voice != context.house().settings.voices[0]


def ask(session: Session, revision: Revision) -> None:
    """Have the revision's words made into sound, unless they are already or are being made.

    A clip whose file is lost is made again by its own recipe: the same bytes stand for it again.
    """
    standing = state_of(session, revision)
    if standing.state == "lost" and standing.facts is not None:
        asked_by = context.person().id
        rendering.renew(session, standing.facts.sha256, context.now(), asked_by=asked_by)
        return
    rendering.request(
        session,
        spoken=revision.spoken,
        title=revision.title,
        programme=revision.programme.code,
        voices=context.house().settings.voices,
        now=context.now(),
        asked_by=context.person().id,
    )


def state_of(session: Session, revision: Revision) -> ClipState:
    """Tell how far the revision's clip is; an approved revision has the very clip that was approved."""
    if revision.approval is not None:
        return _if_there(_approved(revision.approval))
    try:
        recipe = _recipe(revision)
    except InvalidInputError:
        return ClipState("none")
    clip = rendering.clip_of(session, recipe)
    if clip is not None:
        return _if_there(facts_of(clip))
    return _of_job(_latest_job(session, recipe))


def _if_there(facts: ClipFacts) -> ClipState:
    """Tell a clip whose file stands in the library from one that is to be made again."""
    return ClipState("ready" if context.house().library.has(facts.sha256) else "lost", facts=facts)


def belongs(session: Session, bulletin: Bulletin, sha256: str) -> bool:
    """Tell whether the clip was made for, or approved with, one of the bulletin's revisions."""
    if any(r.approval is not None and r.approval.clip_sha256 == sha256 for r in bulletin.revisions):
        return True
    state = state_of(session, bulletin.latest)
    return state.facts is not None and state.facts.sha256 == sha256


def facts_of(clip: Clip) -> ClipFacts:
    """Return what an approval must know of a clip."""
    return ClipFacts(clip.sha256, clip.bytes, clip.duration_ms, clip.media_type, clip.voice)


def estimated_ms(spoken: str) -> int:
    """Return how long the words will last, before they are spoken."""
    return estimate.duration_ms(spoken)


def _approved(approval: Approval) -> ClipFacts:
    return ClipFacts(
        approval.clip_sha256, approval.bytes, approval.duration_ms, approval.media_type, approval.voice
    )


def _recipe(revision: Revision) -> Recipe:
    return Recipe.of(
        revision.spoken,
        title=revision.title,
        programme=revision.programme.code,
        voices=context.house().settings.voices,
    )


def _latest_job(session: Session, recipe: Recipe) -> RenderJob | None:
    query = select(RenderJob).where(RenderJob.recipe_sha256 == recipe.sha256)
    return session.scalars(query.order_by(RenderJob.id.desc()).limit(1)).first()


def _of_job(job: RenderJob | None) -> ClipState:
    if job is None or job.state == JobState.CANCELLED:
        return ClipState("none")
    named = {JobState.QUEUED: "waiting", JobState.WORKING: "rendering", JobState.FAILED: "failed"}
    return ClipState(named.get(JobState(job.state), "none"), job=job)
