"""The life of a bulletin: what binds, what voids, and who may not approve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content import audit, bulletins
from content.errors import ConflictError, ForbiddenError, InvalidInputError, LoaPhuongError
from content.models.bulletin import Bulletin, BulletinKind, RevisionState
from content.models.people import User
from content.models.plan import Plan
from content.models.unit import Unit
from content.text import sha256_of
from tests.factories import (
    CLIP,
    LAST_DAY,
    NOW,
    TODAY,
    make_approval,
    make_bulletin,
    make_draft,
    make_plan,
    make_unit,
    make_user,
)

SPOKEN = bulletins.SpokenWords("lời đọc", "v1")


@dataclass
class Desk:
    session: Session
    unit: Unit
    writer: User
    leader: User
    plan: Plan
    bulletin: Bulletin

    def approve(self, **changed: object) -> None:
        given = {
            "by": self.leader,
            "clip": CLIP,
            "heard_sha256": CLIP.sha256,
            "heard_ms": 6000,
            "now": NOW,
            **changed,
        }
        bulletins.approve(self.session, self.bulletin.latest, **given)  # type: ignore[arg-type]

    def submit(self) -> None:
        bulletins.submit(self.session, self.bulletin.latest, by=self.writer, now=NOW, today=TODAY)

    def save(self, author: User | None = None) -> None:
        draft = make_draft(self.plan, text="Bản sửa.")
        bulletins.save(
            self.session, self.bulletin, author=author or self.writer, draft=draft, spoken=SPOKEN, now=NOW
        )


@pytest.fixture
def desk(session: Session) -> Desk:
    unit, plan = make_unit(session), make_plan(session)
    writer, leader = make_user(session, "nguoi-viet"), make_user(session, "lanh-dao")
    return Desk(session, unit, writer, leader, plan, make_bulletin(session, unit, writer, plan=plan))


def test_a_draft_is_saved_in_place(desk: Desk) -> None:
    desk.save()
    assert (len(desk.bulletin.revisions), desk.bulletin.latest.text) == (1, "Bản sửa.")


def test_an_approval_binds_text_words_and_clip(desk: Desk) -> None:
    approval = make_approval(desk.session, desk.bulletin, desk.leader)
    bound = (approval.text_sha256, approval.spoken_sha256, approval.clip_sha256, approval.duration_ms)
    latest = desk.bulletin.latest
    assert bound == (sha256_of(latest.text), sha256_of(latest.spoken), CLIP.sha256, CLIP.duration_ms)
    assert latest.state == RevisionState.APPROVED


def test_any_edit_voids_the_approval(desk: Desk) -> None:
    make_approval(desk.session, desk.bulletin, desk.leader)
    assert bulletins.standing_approvals(desk.session, [desk.bulletin.id], TODAY)
    desk.save()
    assert bulletins.standing_approvals(desk.session, [desk.bulletin.id], TODAY) == {}
    assert [r.state for r in desk.bulletin.revisions] == [RevisionState.APPROVED, RevisionState.DRAFT]


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_an_approval_stands_only_within_its_validity(desk: Desk, day: object) -> None:
    make_approval(desk.session, desk.bulletin, desk.leader)
    assert bulletins.standing_approvals(desk.session, [desk.bulletin.id], day) == {}  # type: ignore[arg-type]


def test_a_recall_ends_it(desk: Desk) -> None:
    make_approval(desk.session, desk.bulletin, desk.leader)
    bulletins.recall(desk.session, desk.bulletin, by=desk.writer, reason="Sai ngày.", now=NOW)
    assert bulletins.standing_approvals(desk.session, [desk.bulletin.id], TODAY) == {}
    with pytest.raises(ConflictError):
        desk.save()


def test_what_was_approved_is_never_altered(desk: Desk) -> None:
    make_approval(desk.session, desk.bulletin, desk.leader)
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.execute(text("UPDATE approval SET clip_sha256 = 'x'"))


def test_nobody_approves_what_he_wrote(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(ForbiddenError):
        desk.approve(by=desk.writer)


def test_nobody_approves_what_he_corrected(desk: Desk) -> None:
    desk.save(desk.leader)
    desk.submit()
    with pytest.raises(ForbiddenError):
        desk.approve()


def test_a_unit_may_allow_it_and_the_log_says_so(desk: Desk) -> None:
    desk.unit.self_approval = True
    desk.submit()
    desk.approve(by=desk.writer)
    assert '"own_work":true' in audit.latest(desk.session, limit=1)[0].line


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"heard_sha256": "d" * 64}, ConflictError),
        ({"heard_ms": 5000}, InvalidInputError),
        ({"clip": replace(CLIP, sha256="d" * 64)}, ConflictError),
    ],
)
def test_only_what_was_heard_whole_is_approved(desk: Desk, changed: dict[str, object], error: type) -> None:
    desk.submit()
    with pytest.raises(error):
        desk.approve(**changed)


def test_an_older_revision_cannot_be_approved(desk: Desk) -> None:
    desk.submit()
    old = desk.bulletin.latest
    desk.save()
    with pytest.raises(ConflictError):
        bulletins.approve(
            desk.session, old, by=desk.leader, clip=CLIP, heard_sha256=CLIP.sha256, heard_ms=6000, now=NOW
        )


def test_sending_back_keeps_the_reason(desk: Desk) -> None:
    desk.submit()
    bulletins.send_back(desk.session, desk.bulletin.latest, by=desk.leader, reason="Thiếu giờ.", now=NOW)
    latest = desk.bulletin.latest
    assert (latest.state, latest.return_reason) == (RevisionState.RETURNED, "Thiếu giờ.")


def test_sending_back_needs_a_reason(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(InvalidInputError):
        bulletins.send_back(desk.session, desk.bulletin.latest, by=desk.leader, reason=" ", now=NOW)


def test_submitting_twice_is_refused(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(ConflictError):
        desk.submit()


def test_a_past_bulletin_is_not_submitted(desk: Desk) -> None:
    with pytest.raises(InvalidInputError) as caught:
        bulletins.submit(
            desk.session, desk.bulletin.latest, by=desk.writer, now=NOW, today=LAST_DAY + timedelta(days=1)
        )
    assert caught.value.field == "valid_to"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 50_000}, "text"),
        ({"text": "chuông \x07"}, "text"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"level": "loud"}, "level"),
        ({"programme_id": 0}, "programme"),
        ({"valid_to": TODAY - timedelta(days=1)}, "valid_to"),
        ({"valid_to": TODAY + timedelta(days=400)}, "valid_to"),
    ],
)
def test_bad_drafts_name_their_field(desk: Desk, changed: dict[str, object], field: str) -> None:
    draft = replace(make_draft(desk.plan), **changed)  # type: ignore[arg-type]
    with pytest.raises(LoaPhuongError) as caught:
        draft.checked(desk.session, text_limit=20_000)
    assert caught.value.field == field


def test_decomposed_vietnamese_is_composed(desk: Desk) -> None:
    draft = replace(make_draft(desk.plan), text="Ha\u0323 Đi\u0300nh")
    assert draft.checked(desk.session, text_limit=100).text == "Hạ Đình"


def test_the_desk_counts_and_lists(desk: Desk) -> None:
    make_bulletin(desk.session, desk.unit, desk.writer, plan=desk.plan, title="Hai")
    desk.submit()
    counts = bulletins.count_by_state(desk.session, [desk.unit.id])
    listed = bulletins.listing(desk.session, [desk.unit.id], state="submitted")
    assert counts == {"draft": 1, "submitted": 1}
    assert [r.bulletin_id for r in listed] == [desk.bulletin.id]


HOW: dict[str, Any] = {"voice": "espeak", "repeat": 2, "internal": True, "recording_sha256": "a" * 64}


@pytest.mark.parametrize("name", HOW)
def test_how_it_sounds_is_kept_with_the_revision_and_a_change_voids_the_approval(
    desk: Desk, name: str
) -> None:
    make_approval(desk.session, desk.bulletin, desk.leader)
    draft = replace(make_draft(desk.plan), **{name: HOW[name]})
    bulletins.save(desk.session, desk.bulletin, author=desk.writer, draft=draft, spoken=SPOKEN, now=NOW)
    assert getattr(desk.bulletin.latest, name) == HOW[name]
    assert bulletins.standing_approvals(desk.session, [desk.bulletin.id], TODAY) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("voice", "../espeak"), ("voice", ""), ("repeat", 0), ("repeat", 4), ("recording_sha256", "x")],
)
def test_how_it_sounds_is_checked(desk: Desk, name: str, value: object) -> None:
    draft = replace(make_draft(desk.plan), **{name: value})  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError) as refused:
        draft.checked(desk.session, text_limit=1000)
    assert (refused.value.field or "-") in name


def test_an_ident_is_approved_like_any_and_offered_for_no_order(desk: Desk) -> None:
    ident = bulletins.create(
        desk.session,
        desk.unit.id,
        author=desk.writer,
        draft=make_draft(desk.plan),
        spoken=SPOKEN,
        now=NOW,
        kind=BulletinKind.IDENT,
    )
    make_approval(desk.session, ident, desk.leader)
    assert bulletins.standing_approvals(desk.session, [ident.id], TODAY)
    assert bulletins.approved_now(desk.session, [desk.unit.id], TODAY) == []
