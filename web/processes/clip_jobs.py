"""What the scheduler does for the clips: fallbacks made anew, approved clips archived, old ones removed."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import housekeeping, rendering
from audio.recipe import Recipe
from audio.recordings import keeping
from audio.renewing import renew_fallbacks, renew_lost
from content import units
from content.errors import LoaPhuongError
from content.models.bulletin import Bulletin, Revision, RevisionState
from content.units import Tree
from scheduler.models.airing import Airing
from web import voicing
from web.house import House

OPEN = (RevisionState.DRAFT, RevisionState.SUBMITTED)
_LOG = structlog.get_logger("scheduler")


def renew(house: House, session: Session, now: datetime) -> None:
    """Have open wordings spoken anew whose first voice can speak again, or whose clip is lost."""
    can_speak = {voice.name for voice in house.voices if voice.availability().can_speak}
    tree = units.load_tree(session)

    def still_wanted(recipe: Recipe) -> bool:
        waiting = _open_revisions(session, title=recipe.title)
        return any(_recipe(house, session, one, tree) == recipe for one in waiting)

    if count := renew_fallbacks(session, can_speak, now, still_wanted=still_wanted):
        _LOG.info("fallbacks made anew", clips=count)
    if count := renew_lost(session, house.library, now, still_wanted=still_wanted):
        _LOG.warning("lost clips made anew", clips=count)


def archive(house: House) -> None:
    """Copy approved clips that the archive lacks."""
    with house.database.reading() as session:
        names = housekeeping.approved(session)
    if count := housekeeping.complete_archive(house.library, names):
        _LOG.info("archived", clips=count)


def clean(house: House, session: Session, now: datetime) -> housekeeping.Cleaned:
    """Remove what nobody needs any more."""
    done = housekeeping.clean(session, house.library, needed(house, session), now)
    if done.clips or done.parts:
        _LOG.info("cleaned", clips=done.clips, parts=done.parts, bytes=done.bytes)
    if count := keeping.clean(session, house.recordings, now):
        _LOG.info("recordings that no wording names removed", recordings=count)
    return done


def needed(house: House, session: Session) -> set[str]:
    """Return the clips of airings (so of manifests) and of open wordings; approved ones are kept anyway."""
    named = session.scalars(select(Airing.clip_sha256).where(Airing.clip_sha256.is_not(None)).distinct())
    tree = units.load_tree(session)
    recipes = (_recipe(house, session, revision, tree) for revision in _open_revisions(session))
    clips = (rendering.clip_of(session, recipe) for recipe in recipes if recipe is not None)
    return {*map(str, named), *(clip.sha256 for clip in clips if clip is not None)}


def _open_revisions(session: Session, *, title: str | None = None) -> list[Revision]:
    query = (
        select(Revision)
        .join(Bulletin, Bulletin.id == Revision.bulletin_id)
        .where(Revision.state.in_(OPEN), Bulletin.recalled_at.is_(None))
    )
    if title is not None:
        query = query.where(Revision.title == title)
    return list(session.scalars(query))


def _recipe(house: House, session: Session, revision: Revision, tree: Tree) -> Recipe | None:
    try:
        return voicing.recipe_of(session, revision, house, tree)
    except LoaPhuongError:
        return None
