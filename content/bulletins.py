"""The life of a bulletin on the desk: write, submit, approve or send back, recall.

An edit of anything already submitted makes a new revision; the highest revision counts, so an edit
voids whatever was approved before.  An approval binds text, spoken words and the clip's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from content import audit
from content.contracts.airings import Level
from content.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin, BulletinKind, Revision, RevisionAuthor, RevisionState
from content.models.people import User
from content.models.phrase import Phrase
from content.models.plan import Programme
from content.text import REASON_LIMIT, body, line, sha256_of

HEARD_PERCENT = 90
MOST_REPEATS = 3
LONGEST_VALIDITY_DAYS = 366
_VOICE, _SHA256 = re.compile(r"[a-z0-9-]{1,40}"), re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Draft:
    """What a person typed and chose: checked by `checked`, not before.

    `voice` None leaves the choice to the settings; `recording_sha256` names uploaded bytes that sound
    instead of a voice; the text of an `internal` one is given to no voice outside the house.
    """

    programme_id: int
    level: str
    title: str
    text: str
    valid_from: date
    valid_to: date
    voice: str | None = None
    repeat: int = 1
    internal: bool = False
    recording_sha256: str | None = None

    def checked(self, session: Session, *, text_limit: int) -> Draft:
        """Return the draft cleaned, or raise InvalidInputError naming the field."""
        if session.get(Programme, self.programme_id) is None:
            raise InvalidInputError("Hãy chọn một chương trình.", field="programme")
        if self.level not in set(Level):
            raise InvalidInputError("Hãy chọn mức của bản tin.", field="level")
        if self.valid_to < self.valid_from:
            raise InvalidInputError("Ngày cuối hiệu lực sớm hơn ngày đầu.", field="valid_to")
        if (self.valid_to - self.valid_from).days > LONGEST_VALIDITY_DAYS:
            raise InvalidInputError("Hiệu lực dài quá một năm; hãy chọn ngày cuối sớm hơn.", field="valid_to")
        self._check_sound()
        return replace(
            self,
            title=line(self.title, field="title", what="Tiêu đề"),
            text=body(self.text, field="text", what="Văn bản", limit=text_limit),
        )

    def _check_sound(self) -> None:
        if self.voice is not None and not _VOICE.fullmatch(self.voice):
            raise InvalidInputError("Hãy chọn một giọng đọc trong danh sách.", field="voice")
        if not 1 <= self.repeat <= MOST_REPEATS:
            raise InvalidInputError("Số lần đọc phải từ 1 đến {most}.", field="repeat", most=MOST_REPEATS)
        if self.recording_sha256 is not None and not _SHA256.fullmatch(self.recording_sha256):
            raise InvalidInputError("Không có bản thu âm nào mang mã này.", field="recording")


@dataclass(frozen=True)
class SpokenWords:
    """What will be said, by which version of the lexicon it was read, and what its author answered.

    `corrections` (written to spoken) hold for this wording only; `meant` may be said as it stands; `places`
    are single places said otherwise, each as its JSON object.
    """

    words: str
    lexicon_version: str
    corrections: Mapping[str, str] = field(default_factory=dict)
    meant: Sequence[str] = ()
    places: Sequence[Mapping[str, str | int]] = ()


@dataclass(frozen=True)
class ClipFacts:
    """What an approval must know of a clip; `sha256` is of its bytes."""

    sha256: str
    bytes: int
    duration_ms: int
    media_type: str
    voice: str


def create(
    session: Session,
    unit_id: int,
    *,
    author: User,
    draft: Draft,
    spoken: SpokenWords,
    now: datetime,
    kind: BulletinKind = BulletinKind.BULLETIN,
) -> Bulletin:
    """Store a new bulletin of a unit with its first revision, a draft."""
    bulletin = Bulletin(unit_id=unit_id, created_by=author.id, created_at=now, kind=kind)
    session.add(bulletin)
    session.flush()
    _new_revision(session, bulletin, 1, author=author, draft=draft, spoken=spoken, now=now)
    audit.record(
        session,
        "bulletin.create",
        actor=author.login,
        subject=f"bulletin:{bulletin.id}",
        now=now,
        title=draft.title,
        text_sha256=sha256_of(draft.text),
    )
    session.refresh(bulletin, ["revisions"])
    return bulletin


def save(
    session: Session, bulletin: Bulletin, *, author: User, draft: Draft, spoken: SpokenWords, now: datetime
) -> Revision:
    """Keep a draft: in place while the latest revision is one, otherwise as a new revision."""
    _require_not_recalled(bulletin)
    revision = bulletin.latest
    if revision.state == RevisionState.DRAFT:
        _write(revision, author=author, draft=draft, spoken=spoken, now=now)
        _sign_as_author(session, revision, author)
    else:
        revision = _new_revision(
            session, bulletin, revision.number + 1, author=author, draft=draft, spoken=spoken, now=now
        )
    audit.record(
        session,
        "bulletin.save",
        actor=author.login,
        subject=f"bulletin:{bulletin.id}",
        now=now,
        revision=revision.number,
        text_sha256=revision.text_sha256,
    )
    session.refresh(bulletin, ["revisions"])
    return revision


def submit(session: Session, revision: Revision, *, by: User, now: datetime, today: date) -> None:
    """Hand the latest revision, a draft, to the approvers; from now on it never changes."""
    _require_not_recalled(revision.bulletin)
    _require_latest(revision, RevisionState.DRAFT)
    if revision.valid_to < today:
        raise InvalidInputError("Hiệu lực của bản tin đã qua; hãy chọn ngày khác.", field="valid_to")
    if not revision.spoken.strip():
        raise InvalidInputError("Văn bản không có gì để đọc thành tiếng.", field="text")
    revision.state, revision.submitted_at = RevisionState.SUBMITTED, now
    _note(session, "bulletin.submit", revision, by=by, now=now, spoken_sha256=revision.spoken_sha256)


def approve(
    session: Session,
    revision: Revision,
    *,
    by: User,
    clip: ClipFacts,
    heard_sha256: str,
    heard_ms: int,
    now: datetime,
) -> Approval:
    """Give the ticket to air for exactly this clip, which `by` must have heard (nearly) to its end."""
    _require_not_recalled(revision.bulletin)
    _require_latest(revision, RevisionState.SUBMITTED)
    own = _require_other_hands(session, revision, by)
    if heard_sha256 != clip.sha256:
        raise ConflictError("Bản thu đã đổi sau khi bạn nghe; hãy nghe lại rồi duyệt.")
    if heard_ms * 100 < clip.duration_ms * HEARD_PERCENT:
        raise InvalidInputError("Hãy nghe hết bản thu trước khi duyệt.", field="heard_ms")
    approval = Approval(
        revision_id=revision.id,
        text_sha256=revision.text_sha256,
        spoken_sha256=revision.spoken_sha256,
        clip_sha256=clip.sha256,
        bytes=clip.bytes,
        duration_ms=clip.duration_ms,
        media_type=clip.media_type,
        voice=clip.voice,
        lexicon_version=revision.lexicon_version,
        decided_by=by.id,
        decided_at=now,
        heard_ms=min(heard_ms, clip.duration_ms),
    )
    session.add(approval)
    revision.state = RevisionState.APPROVED
    _note(
        session,
        "bulletin.approve",
        revision,
        by=by,
        now=now,
        clip_sha256=clip.sha256,
        text_sha256=revision.text_sha256,
        spoken_sha256=revision.spoken_sha256,
        own_work=own,
    )
    return approval


def send_back(session: Session, revision: Revision, *, by: User, reason: str, now: datetime) -> None:
    """Return a submitted revision to the desk with a reason."""
    _require_latest(revision, RevisionState.SUBMITTED)
    why = body(reason, field="reason", what="Lý do trả lại", limit=REASON_LIMIT)
    revision.state, revision.return_reason = RevisionState.RETURNED, why
    revision.returned_by, revision.returned_at = by.id, now
    _note(session, "bulletin.return", revision, by=by, now=now, reason=why)


def recall(session: Session, bulletin: Bulletin, *, by: User, reason: str, now: datetime) -> None:
    """End a bulletin for good: it leaves the site at once, and no station may start it any more."""
    _require_not_recalled(bulletin)
    why = body(reason, field="reason", what="Lý do thu hồi", limit=REASON_LIMIT)
    bulletin.recalled_at, bulletin.recall_reason = now, why
    audit.record(
        session, "bulletin.recall", actor=by.login, subject=f"bulletin:{bulletin.id}", now=now, reason=why
    )


def get(session: Session, bulletin_id: int) -> Bulletin:
    """Return a bulletin, or raise NotFoundError."""
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None:
        raise NotFoundError("Không có bản tin số {id}.", id=bulletin_id)
    return bulletin


def standing_approvals(session: Session, bulletin_ids: Iterable[int], day: date) -> dict[int, Approval]:
    """Return bulletin id → the approval that stands on the local `day`.

    It stands when the bulletin's highest revision is approved, covers the day, and the bulletin has
    not been recalled.
    """
    query = _approved_latest().where(
        Bulletin.id.in_(list(bulletin_ids)), Revision.valid_from <= day, Revision.valid_to >= day
    )
    return {approval.revision.bulletin_id: approval for approval in session.scalars(query)}


def approved_now(session: Session, unit_ids: Collection[int], day: date) -> list[Approval]:
    """Return approvals of the units' bulletins that stand on `day` or later, newest first.

    No idents, and no phrases kept for emergencies.
    """
    kept = select(Phrase.id).where(Phrase.bulletin_id == Bulletin.id).exists()
    query = _approved_latest().where(
        Bulletin.unit_id.in_(unit_ids),
        Revision.valid_to >= day,
        Bulletin.kind == BulletinKind.BULLETIN,
        ~kept,
    )
    return list(session.scalars(query.order_by(Approval.id.desc())))


def listing(
    session: Session,
    unit_ids: Collection[int],
    *,
    state: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Revision]:
    """Return the latest revisions of the units' bulletins, newest bulletin first, under id `before`."""
    query = _latest().where(Bulletin.unit_id.in_(unit_ids)).order_by(Bulletin.id.desc()).limit(limit)
    if state:
        query = query.where(Revision.state == state, Bulletin.recalled_at.is_(None))
    if before is not None:
        query = query.where(Bulletin.id < before)
    return list(session.scalars(query))


def count_by_state(session: Session, unit_ids: Collection[int]) -> dict[str, int]:
    """Return state → how many bulletins of the units stand in it."""
    inner = _latest().where(Bulletin.unit_id.in_(unit_ids), Bulletin.recalled_at.is_(None)).subquery()
    rows = session.execute(select(inner.c.state, func.count()).group_by(inner.c.state))
    return {state: count for state, count in rows}  # noqa: C416 (rows are not tuples of str)


def authors_of(session: Session, bulletin_id: int) -> set[int]:
    """Return the ids of everybody who wrote or corrected any revision of the bulletin."""
    query = select(RevisionAuthor.user_id).join(Revision, Revision.id == RevisionAuthor.revision_id)
    return set(session.scalars(query.where(Revision.bulletin_id == bulletin_id)))


def _latest() -> Select[Revision]:
    newest = select(func.max(Revision.number)).where(Revision.bulletin_id == Bulletin.id).correlate(Bulletin)
    return (
        select(Revision)
        .join(Bulletin, Bulletin.id == Revision.bulletin_id)
        .where(Revision.number == newest.scalar_subquery())
        .options(
            selectinload(Revision.bulletin), selectinload(Revision.programme), selectinload(Revision.author)
        )
    )


def _approved_latest() -> Select[Approval]:
    newest = select(func.max(Revision.number)).where(Revision.bulletin_id == Bulletin.id).correlate(Bulletin)
    return (
        select(Approval)
        .join(Revision, Revision.id == Approval.revision_id)
        .join(Bulletin, Bulletin.id == Revision.bulletin_id)
        .where(Revision.number == newest.scalar_subquery(), Bulletin.recalled_at.is_(None))
        .options(selectinload(Approval.revision).selectinload(Revision.programme))
    )


def _new_revision(
    session: Session,
    bulletin: Bulletin,
    number: int,
    *,
    author: User,
    draft: Draft,
    spoken: SpokenWords,
    now: datetime,
) -> Revision:
    revision = Revision(bulletin_id=bulletin.id, number=number, state=RevisionState.DRAFT)
    _write(revision, author=author, draft=draft, spoken=spoken, now=now)
    session.add(revision)
    session.flush()
    _sign_as_author(session, revision, author)
    return revision


def _write(revision: Revision, *, author: User, draft: Draft, spoken: SpokenWords, now: datetime) -> None:
    revision.programme_id, revision.level, revision.title = draft.programme_id, draft.level, draft.title
    revision.valid_from, revision.valid_to = draft.valid_from, draft.valid_to
    revision.voice, revision.repeat = draft.voice, draft.repeat
    revision.internal, revision.recording_sha256 = draft.internal, draft.recording_sha256
    revision.text, revision.text_sha256 = draft.text, sha256_of(draft.text)
    revision.spoken, revision.spoken_sha256 = spoken.words, sha256_of(spoken.words)
    revision.lexicon_version = spoken.lexicon_version
    revision.corrections, revision.meant = dict(spoken.corrections), list(spoken.meant)
    revision.places = [dict(place) for place in spoken.places]
    revision.author_id, revision.updated_at = author.id, now


def _sign_as_author(session: Session, revision: Revision, author: User) -> None:
    session.merge(RevisionAuthor(revision_id=revision.id, user_id=author.id))
    session.flush()


def _require_other_hands(session: Session, revision: Revision, by: User) -> bool:
    """Refuse the authors, unless the unit lets them; tell whether it is their own work."""
    own = by.id in authors_of(session, revision.bulletin_id)
    if own and not revision.bulletin.unit.self_approval:
        raise ForbiddenError("Bạn đã viết hoặc sửa bản tin này; người khác phải duyệt.")
    return own


def _require_latest(revision: Revision, state: RevisionState) -> None:
    if revision.id != revision.bulletin.latest.id or revision.state != state:
        raise ConflictError("Bản tin đã được người khác thay đổi; hãy mở lại trang để xem bản mới nhất.")


def _require_not_recalled(bulletin: Bulletin) -> None:
    if bulletin.recalled_at is not None:
        raise ConflictError("Bản tin này đã bị thu hồi.")


def _note(
    session: Session, action: str, revision: Revision, *, by: User, now: datetime, **detail: object
) -> None:
    session.flush()
    audit.record(
        session,
        action,
        actor=by.login,
        subject=f"bulletin:{revision.bulletin_id}",
        now=now,
        revision=revision.number,
        **detail,
    )
