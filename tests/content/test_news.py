"""News items: visible by time and approval alone, asked in the query."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from content import bulletins, news
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval
from content.models.news import NewsItem
from content.models.people import User
from tests.factories import CLIP, NOW, make_approval, make_bulletin, make_plan, make_unit, make_user

SECOND = timedelta(seconds=1)


@pytest.fixture
def editor(session: Session) -> User:
    return make_user(session, "bien-tap")


@pytest.fixture
def approval(session: Session) -> Approval:
    bulletin = make_bulletin(
        session, make_unit(session), make_user(session, "nguoi-viet"), title="Thu gom rác dịp Tết"
    )
    return make_approval(session, bulletin, make_user(session, "lanh-dao"))


def post(
    session: Session, approval: Approval, by: User, *, at: datetime = NOW, until: datetime | None = None
) -> NewsItem:
    return news.post(session, approval, by=by, summary="Tóm tắt.", publish_at=at, expire_at=until, now=NOW)


def test_an_article_is_what_was_approved(session: Session, approval: Approval, editor: User) -> None:
    item = post(session, approval, editor)
    assert (item.body, item.title) == (approval.revision.text, "Thu gom rác dịp Tết")
    assert item.slug == f"thu-gom-rac-dip-tet-{approval.id}"


@pytest.mark.parametrize(
    ("moment", "count"),
    [(NOW - SECOND, 0), (NOW, 1), (NOW + timedelta(hours=1) - SECOND, 1), (NOW + timedelta(hours=1), 0)],
)
def test_it_shows_from_and_until(
    session: Session, approval: Approval, editor: User, moment: datetime, count: int
) -> None:
    post(session, approval, editor, until=NOW + timedelta(hours=1))
    assert len(news.visible(session, moment)) == count


def test_a_recall_takes_it_off_at_once(session: Session, approval: Approval, editor: User) -> None:
    item = post(session, approval, editor)
    bulletins.recall(session, approval.revision.bulletin, by=editor, reason="Sai.", now=NOW)
    assert news.visible(session, NOW) == []
    with pytest.raises(NotFoundError):
        news.visible_by_slug(session, item.slug, NOW)
    assert news.visible_by_clip(session, CLIP.sha256, NOW) is None


def test_it_is_found_by_programme_slug_and_clip(session: Session, approval: Approval, editor: User) -> None:
    item = post(session, approval, editor)
    assert news.visible(session, NOW, programme_code="05") == [item]
    assert news.visible(session, NOW, programme_code="06") == []
    assert news.visible_by_slug(session, item.slug, NOW) is item
    assert news.visible_by_clip(session, CLIP.sha256, NOW) is item


def test_a_bulletin_is_posted_once(session: Session, approval: Approval, editor: User) -> None:
    post(session, approval, editor)
    with pytest.raises(ConflictError):
        post(session, approval, editor)


def test_an_end_before_the_start_is_refused(session: Session, approval: Approval, editor: User) -> None:
    with pytest.raises(InvalidInputError) as caught:
        post(session, approval, editor, until=NOW)
    assert caught.value.field == "expire_at"


def test_pages_go_back_in_time(session: Session, editor: User) -> None:
    unit, plan = make_unit(session), make_plan(session)
    writer, leader = make_user(session, "nguoi-viet"), make_user(session, "lanh-dao")
    items = []
    for n in range(3):
        bulletin = make_bulletin(session, unit, writer, plan=plan, title=f"Tin {n}")
        items.append(post(session, make_approval(session, bulletin, leader), editor))
    assert news.visible(session, NOW, limit=2) == [items[2], items[1]]
    assert news.visible(session, NOW, limit=2, before=items[1].id) == [items[0]]


def test_the_tick_stamps_begin_and_end_once(session: Session, approval: Approval, editor: User) -> None:
    item = post(session, approval, editor, until=NOW + SECOND)
    assert news.tick(session, NOW) == [item]
    assert news.tick(session, NOW) == []
    assert news.tick(session, NOW + SECOND) == [item]
    assert (item.published_at, item.expired_at) == (NOW, NOW + SECOND)


def test_withdrawing_ends_it_now(session: Session, approval: Approval, editor: User) -> None:
    item = post(session, approval, editor)
    news.withdraw(session, item, by=editor, now=NOW + SECOND)
    assert news.visible(session, NOW + SECOND) == []
    with pytest.raises(ConflictError):
        news.withdraw(session, item, by=editor, now=NOW + 2 * SECOND)
