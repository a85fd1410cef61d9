"""The library of phrases: made, listed, taken away; which of them may sound is their approvals' affair."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, bulletins
from content.contracts.airings import Level
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin, BulletinKind
from content.models.people import User
from content.models.phrase import Phrase, PhraseUse

EXERCISE_TITLE = "Diễn tập: "
EXERCISE_WORDS = "Đây là diễn tập."


def put(
    session: Session, bulletin: Bulletin, *, use: PhraseUse, exercise: bool, by: User, now: datetime
) -> Phrase:
    """Keep an emergency bulletin as a phrase of its unit; it is of use once it is approved.

    InvalidInputError when its level is no emergency, or when an exercise does not say that it is one.
    """
    revision = bulletin.latest
    if revision.level != Level.EMERGENCY or bulletin.kind != BulletinKind.BULLETIN:
        raise InvalidInputError("Câu khẩn cấp phải ở mức khẩn cấp.", field="level")
    if exercise:
        require_exercise(revision.title, revision.text)
    phrase = Phrase(
        unit_id=bulletin.unit_id,
        bulletin_id=bulletin.id,
        use=use,
        exercise=exercise,
        created_by=by.id,
        created_at=now,
    )
    session.add(phrase)
    session.flush()
    _note(session, "phrase.put", phrase, by=by, now=now)
    return phrase


def require_exercise(title: str, text: str) -> None:
    """Raise InvalidInputError unless title and words say first of all that it is an exercise."""
    if not title.startswith(EXERCISE_TITLE) or not text.startswith(EXERCISE_WORDS):
        raise InvalidInputError(
            "Câu diễn tập phải có tiêu đề mở đầu “{title}” và lời mở đầu “{words}”.",
            field="text",
            title=EXERCISE_TITLE.strip(),
            words=EXERCISE_WORDS,
        )


def as_exercise(title: str, text: str) -> tuple[str, str]:
    """Return title and text as those of an exercise, the marks put before them where they are missing."""
    told = title if title.startswith(EXERCISE_TITLE) else EXERCISE_TITLE + title
    said = text if text.startswith(EXERCISE_WORDS) else f"{EXERCISE_WORDS} {text}"
    return told, said


def retire(session: Session, phrase: Phrase, *, by: User, now: datetime) -> None:
    """End a phrase; ConflictError when it has ended."""
    if phrase.retired_at is not None:
        raise ConflictError("Câu khẩn cấp này đã được gỡ.")
    phrase.retired_at = now
    session.flush()
    _note(session, "phrase.retire", phrase, by=by, now=now)


def get(session: Session, phrase_id: int) -> Phrase:
    """Return a phrase, or raise NotFoundError."""
    phrase = session.get(Phrase, phrase_id)
    if phrase is None:
        raise NotFoundError("Không có câu khẩn cấp số {id}.", id=phrase_id)
    return phrase


def of_bulletin(session: Session, bulletin_id: int) -> Phrase | None:
    """Return the phrase that a bulletin is kept as, None when it is none."""
    return session.scalars(select(Phrase).where(Phrase.bulletin_id == bulletin_id)).first()


def listing(session: Session, unit_ids: Collection[int]) -> list[Phrase]:
    """Return the phrases of the units themselves, what to call with first, exercises last."""
    query = select(Phrase).where(Phrase.unit_id.in_(unit_ids), Phrase.retired_at.is_(None))
    return list(session.scalars(query.order_by(Phrase.exercise, Phrase.use.desc(), Phrase.id)))


def standing(session: Session, day: date) -> dict[int, list[Approval]]:
    """Return unit id → the approvals of its phrases that may sound on the local `day`."""
    query = select(Phrase.bulletin_id, Phrase.unit_id).where(Phrase.retired_at.is_(None))
    units = {bulletin: unit for bulletin, unit in session.execute(query)}  # noqa: C416 (typed)
    approvals = bulletins.standing_approvals(session, units, day) if units else {}
    found: dict[int, list[Approval]] = {}
    for bulletin, approval in sorted(approvals.items()):
        found.setdefault(units[bulletin], []).append(approval)
    return found


def _note(session: Session, action: str, phrase: Phrase, *, by: User, now: datetime) -> None:
    audit.record(
        session,
        action,
        actor=by.login,
        subject=f"phrase:{phrase.id}",
        now=now,
        unit=phrase.unit_id,
        bulletin=phrase.bulletin_id,
        use=phrase.use,
        exercise=phrase.exercise,
    )
