"""Recordings as pages know them: who may hear one, who may use it in a bulletin, whose it is."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.models import Recording
from audio.recordings import keeping
from content import bulletins
from content.errors import InvalidInputError, NotFoundError
from content.models.bulletin import Bulletin, Revision
from content.models.people import Role
from web import context

_HEARS = (Role.OFFICE, Role.APPROVER, Role.EDITOR, Role.ADMIN)


def of_revision(session: Session, revision: Revision) -> Recording | None:
    """Return the recording that a wording names, as one of the bulletin's authors gave it."""
    if revision.recording_sha256 is None:
        return None
    authors = bulletins.authors_of(session, revision.bulletin_id)
    return keeping.behind(session, revision.recording_sha256, authors)


def usable(session: Session, sha256: str, found: Bulletin | None, *, hold: bool = False) -> Recording | None:
    """Return the recording when the person gave it, or the bulletin he writes on names it already."""
    own = keeping.given_by(session, sha256, context.person().id, hold=hold)
    named = found is not None and found.id in keeping.bulletins_with(session, sha256)
    recording = own or (keeping.behind(session, sha256, ()) if named else None)
    return recording if recording and context.house().recordings.has(sha256) else None


def require_usable(session: Session, sha256: str | None, found: Bulletin | None) -> None:
    """Raise InvalidInputError when a form names a recording that is not there for it."""
    if sha256 is not None and usable(session, sha256, found, hold=True) is None:
        raise InvalidInputError(
            "Bản thu đã chọn không còn trên máy chủ. Hãy tải lên hoặc thu lại rồi lưu.", field="recording"
        )


def audible(session: Session, sha256: str) -> Recording:
    """Return a recording that the person gave, or that a bulletin names which he sees; else NotFoundError."""
    own = keeping.given_by(session, sha256, context.person().id)
    if own is not None:
        return own
    ids = keeping.bulletins_with(session, sha256)
    units = session.scalars(select(Bulletin.unit_id).where(Bulletin.id.in_(ids)))
    rights = context.rights()
    recording = keeping.behind(session, sha256, ())
    if recording is None or not any(rights.may(role, unit) for unit in units for role in _HEARS):
        raise NotFoundError("Không có bản thu âm nào mang mã này.")
    return recording
