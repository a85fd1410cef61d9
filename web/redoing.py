"""The same words once more: a new wording that differs in how it sounds, or only in its number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from content import bulletins
from content.bulletins import Draft, SpokenWords
from content.models.bulletin import Bulletin, Revision
from content.models.people import User


def again(
    session: Session, bulletin: Bulletin, *, by: User, now: datetime, voice: str | None = None
) -> Revision:
    """Keep the latest words as a draft, in place while they are one, else as a new revision.

    They are said as they were, whatever the lexicon holds by now; `voice` is another one to speak them.
    """
    latest = bulletin.latest
    draft = Draft(
        latest.programme_id,
        latest.level,
        latest.title,
        latest.text,
        latest.valid_from,
        latest.valid_to,
        voice=voice or latest.voice,
        repeat=latest.repeat,
        internal=latest.internal,
        recording_sha256=latest.recording_sha256,
    )
    said = SpokenWords(latest.spoken, latest.lexicon_version, latest.corrections, latest.meant, latest.places)
    return bulletins.save(session, bulletin, author=by, draft=draft, spoken=said, now=now)
