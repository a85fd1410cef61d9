"""A revision and its clip: asked of audio, told to the page, handed to the approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import estimate, rendering
from audio.models import OPEN_STATES, Clip, JobState, RenderJob
from audio.recipe import Recipe
from audio.voices.base import Voice
from content.bulletins import ClipFacts
from content.errors import ConflictError, CorruptError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin, Revision
from web import context, voicing, wanted

_OF_JOB = {JobState.QUEUED: "waiting", JobState.WORKING: "rendering", JobState.FAILED: "failed"}


@dataclass(frozen=True)
class ClipState:
    """How far a clip is: `none`, `waiting`, `rendering`, `ready`, `lost`, `failed` or `refused`.

    `job` is the latest that made or makes it, `clip` what audio knows of it.  Refused: no voice may have
    the words.
    """

    state: str
    job: RenderJob | None = None
    facts: ClipFacts | None = None
    clip: Clip | None = None

    @property
    def voice_title(self) -> str:
        """The name of the voice that spoke, for people."""
        return title_of(self.facts.voice) if self.facts else ""

    @property
    def wanted(self) -> str | None:
        """The voice that should have spoken, when another one did."""
        if self.facts is None:
            return None
        wanted = self._wanted
        return wanted if wanted and wanted != self.facts.voice else None

    @property
    def _wanted(self) -> str | None:
        """The first choice of the order that made it: the same bytes may have been asked for otherwise."""
        if self.job is not None and self.job.state == JobState.DONE:
            return Recipe.parse(self.job.recipe).wanted_voice
        return self.clip.wanted_voice if self.clip else None

    @property
    def why_fallback(self) -> str:
        """Why the wanted voice did not speak: as it was told then, else why it cannot now."""
        if self.wanted is None:
            return ""
        told = self.job.error if self.job and self.job.state == JobState.DONE else None
        found = context.house().voices.in_order([self.wanted])
        if told or not found:
            return told or str(gettext("giọng này không còn ở đây"))
        able = found[0].availability()
        return "" if able.can_speak else able.why

    @property
    def renewed(self) -> bool:
        """Whether the wanted voice spoke it anew, in place of a fallback."""
        return self.state == "ready" and self.job is not None and self.job.renewal and self.wanted is None

    @property
    def is_open(self) -> bool:
        """Whether somebody works on it, or will."""
        return self.state in {"waiting", "rendering"}


class Estimate(NamedTuple):
    """A length in ms, told before anybody speaks; a `guess` when the voice was never measured."""

    ms: int
    guess: bool = False


def title_of(voice: str) -> str:
    """Return a voice's name for people; of one that is not here any more, its short name."""
    if voice == "recording":
        return str(gettext("Bản thu âm tải lên"))
    found = context.house().voices.in_order([voice])
    return str(gettext(found[0].title)) if found else voice


def recipe_of(session: Session, revision: Revision) -> Recipe:
    """Return the recipe of a revision's clip; InvalidInputError when there can be none."""
    return voicing.recipe_of(session, revision, context.house(), context.rights().tree)


def ask(session: Session, revision: Revision) -> None:
    """Have the revision's words made into sound, unless they are already or are being made.

    A clip whose file is lost is made again by its own recipe: the same bytes stand for it again.
    """
    standing = state_of(session, revision)
    if standing.state == "lost" and standing.facts is not None:
        asked_by = context.person().id
        rendering.renew(session, standing.facts.sha256, context.now(), asked_by=asked_by)
        return
    order(session, recipe_of(session, revision))


def order(session: Session, recipe: Recipe) -> None:
    """Have a recipe made, unless it is already or is being made."""
    rendering.order(session, recipe, context.now(), asked_by=context.person().id)


def state_of(session: Session, revision: Revision) -> ClipState:
    """Tell how far the revision's clip is; an approved revision has the very clip that was approved."""
    if revision.approval is not None:
        return _if_there(session, _approved(session, revision, revision.approval))
    try:
        return state_by(session, recipe_of(session, revision))
    except InvalidInputError as error:
        return ClipState("refused" if error.field == voicing.REFUSED else "none")


def state_by(session: Session, recipe: Recipe) -> ClipState:
    """Tell how far a recipe's clip is."""
    job, clip = _latest_job(session, recipe.sha256), rendering.clip_of(session, recipe)
    if clip is not None:
        return _if_there(session, ClipState("ready", job=job, facts=facts_of(clip), clip=clip))
    return ClipState(_OF_JOB.get(JobState(job.state), "none"), job=job) if job else ClipState("none")


def cancel(session: Session, state: ClipState) -> None:
    """End the work on a clip; ConflictError when nobody works on it any more."""
    if state.job is None or not state.is_open:
        raise ConflictError("Việc tạo tiếng này đã kết thúc nên không hủy được nữa.")
    rendering.cancel(session, state.job.id, context.now())


def withdraw(session: Session, bulletin: Bulletin) -> None:
    """End the work on clips of a bulletin that has just changed, where nobody wants them any more."""
    wanted.mend(context.house(), session, bulletin, context.now())


def belongs(session: Session, bulletin: Bulletin, sha256: str) -> bool:
    """Tell whether the clip was made for, or approved with, one of the bulletin's revisions.

    A clip of its latest words by one voice alone, made to compare voices, is the bulletin's too.
    """
    if any(r.approval is not None and r.approval.clip_sha256 == sha256 for r in bulletin.revisions):
        return True
    states = (state_of(session, bulletin.latest), *by_voice(session, bulletin.latest).values())
    return any(state.facts is not None and state.facts.sha256 == sha256 for state in states)


def by_voice(session: Session, revision: Revision) -> dict[str, ClipState]:
    """Return voice → how far its own clip is, of each voice that may have the words.

    Where it spoke the bulletin's clip, that is it; else it is what the voice speaks alone.
    """
    if revision.recording_sha256 is not None:
        return {}
    chosen = voicing.choice_of(session, revision, context.house(), context.rights().tree)
    own = state_of(session, revision)
    spoke = own.facts.voice if own.state == "ready" and own.facts else None
    return {name: own if name == spoke else _alone(session, revision, name) for name in chosen.names}


def recipe_alone(session: Session, revision: Revision, voice: str) -> Recipe:
    """Return the recipe that lets one voice alone speak; ConflictError when it may not have the words."""
    chosen = voicing.choice_of(session, revision, context.house(), context.rights().tree)
    if voice not in chosen.names:
        raise ConflictError("Giọng này không được đọc bản tin này.")
    return voicing.spoken_by(session, revision, context.house(), (voice,))


def facts_of(clip: Clip) -> ClipFacts:
    """Return what an approval must know of a clip."""
    return ClipFacts(clip.sha256, clip.bytes, clip.duration_ms, clip.media_type, clip.voice)


def require_sound(clip: ClipFacts) -> None:
    """Raise CorruptError unless all bytes of the clip stand in the library, or came back from the archive."""
    try:
        context.house().library.open_clip(clip.sha256)
    except (NotFoundError, CorruptError) as error:
        raise CorruptError(
            "Bản thu này đã mất hoặc hỏng trên đĩa nên chưa duyệt được. "
            "Hãy dựng lại bản thu, nghe lại rồi duyệt."
        ) from error


def estimated(spoken: str, voices: Sequence[Voice], *, repeat: int = 1, lead: str | None = None) -> Estimate:
    """Return how long the words will last, before they are spoken, by the first of the voices that can."""
    voice = next((voice.name for voice in voices if voice.availability().can_speak), "espeak")
    ms = estimate.duration_ms(spoken, repeat=repeat, lead=lead, voice=voice)
    return Estimate(ms, guess=not estimate.is_fitted(voice))


def _alone(session: Session, revision: Revision, voice: str) -> ClipState:
    try:
        return state_by(session, voicing.spoken_by(session, revision, context.house(), (voice,)))
    except InvalidInputError:
        return ClipState("none")


def _if_there(session: Session, state: ClipState) -> ClipState:
    """Tell a clip whose file stands in the library from one that is lost, or is being made again."""
    if state.facts is not None and context.house().library.has(state.facts.sha256):
        return state
    again = _open_again(session, state.clip) if state.clip else None
    return replace(state, state=_OF_JOB[JobState(again.state)] if again else "lost", job=again)


def _open_again(session: Session, clip: Clip) -> RenderJob | None:
    """Return the open job that makes a clip again: by all its recipe's voices, or by the one that spoke."""
    recipe = Recipe.parse(clip.recipe)
    names = [recipe.sha256, replace(recipe, voices=(clip.voice,)).sha256, clip.recipe_sha256]
    query = select(RenderJob).where(RenderJob.recipe_sha256.in_(names), RenderJob.state.in_(OPEN_STATES))
    return session.scalars(query.limit(1)).first()


def _approved(session: Session, revision: Revision, approval: Approval) -> ClipState:
    """Return the clip that was approved; of several orders that made it, one as the revision wants it."""
    facts = ClipFacts(
        approval.clip_sha256, approval.bytes, approval.duration_ms, approval.media_type, approval.voice
    )
    clip = session.get(Clip, approval.clip_sha256)
    made = select(RenderJob).where(RenderJob.clip_sha256 == approval.clip_sha256)
    if revision.voice != approval.voice:
        made = made.order_by(RenderJob.fallback.desc())
    job = session.scalars(made.order_by(RenderJob.id.desc()).limit(1)).first()
    return ClipState("ready", job=job, facts=facts, clip=clip)


def _latest_job(session: Session, recipe_sha256: str) -> RenderJob | None:
    query = select(RenderJob).where(RenderJob.recipe_sha256 == recipe_sha256)
    return session.scalars(query.order_by(RenderJob.id.desc()).limit(1)).first()
