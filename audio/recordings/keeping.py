"""Who gave which recording: noted, asked for, forgotten when no wording names it.  Services: no commits."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audio.models import Recording
from audio.recordings.store import Recordings, Taken
from content.models.bulletin import Revision
from content.text import NAME_LIMIT, msgid

KEPT = timedelta(days=30)
_UNNAMED = msgid("bản thu")
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def note(session: Session, taken: Taken, *, by: int, name: str, now: datetime) -> Recording:
    """Note who gave a recording; who gives the same bytes again has the row of the first time."""
    found = given_by(session, taken.sha256, by)
    if found is not None:
        return found
    made = Recording(
        sha256=taken.sha256,
        bytes=taken.bytes,
        media=taken.media.name,
        duration_ms=taken.heard.duration_ms,
        loudness_mlu=round(taken.heard.lufs * 1000),
        uploaded_by=by,
        uploaded_at=now,
        name_shown=shown(name),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # the same person's other request was quicker
        return session.scalars(_given(taken.sha256, by)).one()
    return made


def given_by(session: Session, sha256: str, person: int, *, hold: bool = False) -> Recording | None:
    """Return the recording if this person gave it; `hold` it, and it is not forgotten meanwhile."""
    query = _given(sha256, person)
    return session.scalars(query.with_for_update() if hold else query).first()


def behind(session: Session, sha256: str, authors: Collection[int]) -> Recording | None:
    """Return a recording as one of the authors gave it, else as whoever gave it first."""
    rows = session.scalars(select(Recording).where(Recording.sha256 == sha256).order_by(Recording.id)).all()
    return next((row for row in rows if row.uploaded_by in authors), next(iter(rows), None))


def bulletins_with(session: Session, sha256: str) -> set[int]:
    """Return the ids of the bulletins that have a wording which names the recording."""
    query = select(Revision.bulletin_id).where(Revision.recording_sha256 == sha256).distinct()
    return set(session.scalars(query))


def clean(session: Session, store: Recordings, now: datetime) -> int:
    """Forget and remove recordings that no wording names, `KEPT` after they were last given; return how many.

    Call it in a transaction that writes.  One that any wording names, be it an old one, stays.
    """
    unnamed = set(session.scalars(select(Recording.sha256).where(~_named())))
    old = [sha256 for sha256 in unnamed if store.given_before(sha256, now - KEPT)]
    session.execute(delete(Recording).where(Recording.sha256.in_(old)))
    for sha256 in old:
        store.remove(sha256)
    return len(old)


def shown(name: str) -> str:
    """Return a file's name as people see it: the last part of a path, no control or direction marks."""
    bare = " ".join(_NOT_SHOWN.sub(" ", re.split(r"[/\\]", name)[-1]).split())
    return bare[:NAME_LIMIT].strip(" .") or _UNNAMED


def _given(sha256: str, person: int) -> Select[Recording]:
    return select(Recording).where(Recording.sha256 == sha256, Recording.uploaded_by == person)


def _named() -> ColumnElement[bool]:
    return exists().where(Revision.recording_sha256 == Recording.sha256)
