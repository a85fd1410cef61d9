"""Whether a clip that was asked for is still wanted, and by whom its words may be spoken by now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import rendering
from audio.recipe import Recipe
from audio.voices.rules import allowed
from content import units
from content.models.bulletin import Bulletin, Revision, RevisionState
from content.units import Tree
from web import spoken, voicing
from web.house import House


def now(house: House, session: Session, recipe: Recipe) -> Recipe | None:
    """Return what is wanted now in place of a recipe: itself, the same words by fewer voices, or None.

    Words that belong to no wording (a voice's sample) are wanted for ever.  Those of a wording are while
    it is its bulletin's latest, says the same, and is not recalled.  An approved one is only made again by
    one voice: its clip was lost, or voices are compared.  Words of which nobody can tell whose they are
    stay in the house.
    """
    if recipe.revision is None and recipe.programme is None:
        return recipe
    tree = units.load_tree(session)
    for revision in _revisions(session, recipe):
        if _is_of(session, revision, recipe, house):
            return _by_who_may(session, revision, recipe, house, tree)
    return None if recipe.revision is not None else _in_the_house(recipe, house)


def mend(house: House, session: Session, bulletin: Bulletin, at: datetime) -> None:
    """Withdraw what is being made of a bulletin and is not wanted any more, as soon as it has changed."""
    revisions = {revision.id for revision in bulletin.revisions}
    for job, recipe in rendering.open_jobs_of(session, revisions):
        instead = now(house, session, recipe)
        if instead != recipe:
            rendering.replace_job(session, job.id, instead, at)


def _revisions(session: Session, recipe: Recipe) -> list[Revision]:
    """Return the wordings that a recipe may be of; one from before recipes named theirs goes by its title."""
    mine = Revision.id == recipe.revision if recipe.revision is not None else Revision.title == recipe.title
    query = select(Revision).join(Bulletin, Bulletin.id == Revision.bulletin_id)
    found = session.scalars(query.where(mine, Bulletin.recalled_at.is_(None))).all()
    return [revision for revision in found if revision.bulletin.latest.id == revision.id]


def _is_of(session: Session, revision: Revision, recipe: Recipe, house: House) -> bool:
    """Tell whether the recipe is that of the wording as it stands, whoever speaks it on whatever machine."""
    if revision.recording_sha256 != recipe.recording:
        return False
    made = (
        voicing.recipe_of_recording(session, revision, house, recipe.recording)
        if recipe.recording
        else voicing.spoken_by(session, revision, house, recipe.voices)
    )
    same = replace(made, horn=recipe.horn, gap_ms=recipe.gap_ms, revision=recipe.revision)
    return replace(same, mastering=recipe.mastering, ffmpeg=recipe.ffmpeg) == recipe


def _by_who_may(
    session: Session, revision: Revision, recipe: Recipe, house: House, tree: Tree
) -> Recipe | None:
    if recipe.recording:
        return recipe
    if revision.state == RevisionState.APPROVED and len(recipe.voices) > 1:
        return None
    personal = spoken.say_again(session, revision, tree).personal
    asked = house.voices.in_order(recipe.voices)
    may = allowed(asked, internal=revision.internal, personal_data_open=bool(personal))
    return _kept_from(recipe, [voice.name for voice in asked if voice not in may])


def _in_the_house(recipe: Recipe, house: House) -> Recipe | None:
    asked = house.voices.in_order(recipe.voices)
    return _kept_from(recipe, [voice.name for voice in asked if voice.sends_text_out])


def _kept_from(recipe: Recipe, names: Collection[str]) -> Recipe | None:
    """Return the recipe without some of its voices; None when no other is left."""
    left = tuple(name for name in recipe.voices if name not in names)
    return replace(recipe, voices=left) if left or recipe.recording else None
