"""The lexicon as the office keeps it: rows upon the shipped one, the narrower scope over the wider.

Shipped < everywhere < a unit, the nearer over the farther < a programme.  A unit is only an id here, a
programme only a code.  Services take a session and `now`, flush, never commit.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio.lexicon_rows import scopes_of, standing_rows
from audio.models import LexiconEntry
from audio.reading import Lexicon, Reading, places, read
from audio.reading.alphabet import LETTERS
from audio.reading.lexicon import sayable
from audio.reading.syllables import is_syllable
from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.people import User
from content.text import line

_FEW = 2
WRITTEN_LIMIT, SPOKEN_LIMIT, NOTE_LIMIT = 80, 300, 300
_STARTS = re.compile(r"[^\s.,;:?!\"'“”‘’«»()\[\]{}]")
_UNSAYABLE = re.compile(f"[^{LETTERS} .,;:?!]")


@dataclass(frozen=True)
class Proposal:
    """How a form would be said within a scope; with no words, as if no row said so there."""

    written: str
    spoken: str
    scope: str


@dataclass(frozen=True)
class Preview:
    """A text as it is read now and as it would be."""

    before: Reading
    after: Reading

    @property
    def differs(self) -> bool:
        """Tell whether other words would be said."""
        return self.before.spoken != self.after.spoken


def propose(written: str, spoken: str, scope: str) -> Proposal:
    """Check what a person typed and return it clean, or raise InvalidInputError naming the field."""
    form = checked_form(written)
    return Proposal(form, checked_words(spoken), scope)


def checked_form(written: str) -> str:
    """Return a written form that a text can hold, as the rules meet it there, or raise InvalidInputError."""
    form = places.working_form(line(written, field="written", what="Chữ viết", limit=WRITTEN_LIMIT))
    if not _STARTS.match(form):
        raise InvalidInputError(
            "Chữ viết phải bắt đầu bằng chữ cái, chữ số hoặc ký hiệu, không phải dấu câu.", field="written"
        )
    return form


def checked_words(spoken: str) -> str:
    """Return words that a voice can say, or raise InvalidInputError telling what it cannot."""
    words = line(spoken, field="spoken", what="Cách đọc", limit=SPOKEN_LIMIT)
    found = _UNSAYABLE.search(unicodedata.normalize("NFC", words))
    if found:
        raise InvalidInputError(
            "Cách đọc có ký tự “{sign}” mà loa không đọc được; hãy viết cả số và ký hiệu bằng chữ.",
            field="spoken",
            sign=found.group(),
        )
    if not sayable(words):
        raise InvalidInputError("Cách đọc chưa có chữ nào.", field="spoken")
    return sayable(words)


def is_common(written: str) -> bool:
    """Tell whether a form is one or two everyday words in small letters, not a known abbreviation."""
    syllables = written.split()
    everyday = written.islower() and len(syllables) <= _FEW and all(map(is_syllable, syllables))
    return everyday and written not in Lexicon.shipped().entries


def effective(
    session: Session, unit_ids: Sequence[int], programme: str = "", *, proposal: Proposal | None = None
) -> Lexicon:
    """Return the lexicon for a unit (`unit_ids` from the root down to it) and a programme.

    With a proposal it is the lexicon as it would be.
    """
    by_scope = standing_rows(session)
    said: dict[str, str] = {}
    for scope in scopes_of(unit_ids, programme):
        rows = dict(by_scope.get(scope, {}))
        if proposal is not None and proposal.scope == scope:
            rows.pop(proposal.written, None)
            rows |= {proposal.written: proposal.spoken} if proposal.spoken else {}
        said |= rows
    return _upon_shipped(tuple(sorted(said.items())))


def preview(
    session: Session,
    text: str,
    proposal: Proposal,
    *,
    unit_ids: Sequence[int],
    programme: str = "",
    corrections: Mapping[str, str] | None = None,
) -> Preview:
    """Read a text with the lexicon as it is and as it would be, the text's own corrections on top of both."""
    own = corrections or {}
    now = effective(session, unit_ids, programme)
    then = effective(session, unit_ids, programme, proposal=proposal)
    return Preview(read(text, corrected(now, own)), read(text, corrected(then, own)))


def corrected(lexicon: Lexicon, corrections: Mapping[str, str]) -> Lexicon:
    """Return the lexicon with one text's own corrections on top."""
    return lexicon.extended(corrections) if corrections else lexicon


def save(
    session: Session, proposal: Proposal, *, note: str, by: User, now: datetime, replaces: int | None = None
) -> LexiconEntry:
    """End the row that stands and add another; `replaces` is the id that the person saw standing, if any."""
    standing = find(session, proposal.written, proposal.scope)
    if (standing.id if standing else None) != replaces:
        raise ConflictError("Mục này vừa được người khác sửa; hãy mở lại để xem cách đọc mới nhất.")
    if standing is not None and (standing.spoken, standing.note) == (proposal.spoken, note):
        raise InvalidInputError("Từ điển đang đọc đúng như vậy rồi.", field="spoken")
    if standing is not None:
        _end(session, standing, by=by, now=now)
    entry = LexiconEntry(
        written=proposal.written,
        spoken=proposal.spoken,
        scope=proposal.scope,
        note=note,
        version="",
        created_by=by.id,
        created_at=now,
    )
    session.add(entry)
    session.flush()
    entry.version = version(session)
    _record(session, "lexicon.save", entry, by=by, now=now, replaces=replaces or 0)
    return entry


def end(session: Session, entry: LexiconEntry, *, by: User, now: datetime) -> None:
    """Take an entry out of the lexicon from now on; its row is kept."""
    if entry.ended_at is not None:
        raise ConflictError("Mục này đã được bỏ khỏi từ điển.")
    _end(session, entry, by=by, now=now)
    _record(session, "lexicon.end", entry, by=by, now=now)


def get(session: Session, entry_id: int) -> LexiconEntry:
    """Return an entry, or raise NotFoundError."""
    entry = session.get(LexiconEntry, entry_id)
    if entry is None:
        raise NotFoundError("Từ điển không có mục số {id}.", id=entry_id)
    return entry


def find(session: Session, written: str, scope: str) -> LexiconEntry | None:
    """Return the entry that stands for a form within a scope."""
    query = select(LexiconEntry).where(
        LexiconEntry.written == written, LexiconEntry.scope == scope, LexiconEntry.ended_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def standing(session: Session) -> list[LexiconEntry]:
    """Return every entry that stands, by form, whatever its scope."""
    query = select(LexiconEntry).where(LexiconEntry.ended_at.is_(None))
    return list(session.scalars(query.order_by(func.lower(LexiconEntry.written), LexiconEntry.scope)))


def history(session: Session, written: str, scope: str) -> list[LexiconEntry]:
    """Return every row that a form has had within a scope, newest first."""
    query = select(LexiconEntry).where(LexiconEntry.written == written, LexiconEntry.scope == scope)
    return list(session.scalars(query.order_by(LexiconEntry.id.desc())))


def version(session: Session) -> str:
    """Return a short hash of all that the lexicon says now; without rows it is the shipped one's."""
    rows = sorted((scope, *row) for scope, said in standing_rows(session).items() for row in said.items())
    shipped = Lexicon.shipped().version
    return hashlib.sha256(f"{shipped}{rows}".encode()).hexdigest()[:12] if rows else shipped


@lru_cache(maxsize=64)
def _upon_shipped(said: tuple[tuple[str, str], ...]) -> Lexicon:
    return Lexicon.shipped().extended(dict(said)) if said else Lexicon.shipped()


def _end(session: Session, entry: LexiconEntry, *, by: User, now: datetime) -> None:
    entry.ended_at, entry.ended_by = now, by.id
    session.flush()


def _record(
    session: Session, action: str, entry: LexiconEntry, *, by: User, now: datetime, **detail: object
) -> None:
    session.flush()
    said = {"written": entry.written, "spoken": entry.spoken, "scope": entry.scope}
    subject = f"lexicon:{entry.id}"
    audit.record(
        session, action, actor=by.login, subject=subject, now=now, **said, version=version(session), **detail
    )
