"""News items: an approved bulletin as an article.  Visibility is a question of time, asked in the query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.news import NewsItem
from content.models.people import User
from content.models.plan import Programme
from content.text import line, slug_of

SUMMARY_LIMIT = 300
_SLUG_LENGTH = 80


def post(
    session: Session,
    approval: Approval,
    *,
    by: User,
    summary: str,
    publish_at: datetime,
    expire_at: datetime | None,
    now: datetime,
) -> NewsItem:
    """Post the approved bulletin as an article that shows from `publish_at` until `expire_at`."""
    revision = approval.revision
    if revision.bulletin.recalled_at is not None or revision.id != revision.bulletin.latest.id:
        raise ConflictError("Bản tin đã bị thu hồi hoặc đã có bản mới chưa duyệt.")
    if session.scalars(select(NewsItem).where(NewsItem.approval_id == approval.id)).first():
        raise ConflictError("Bản tin này đã được đăng thành tin bài.")
    if expire_at is not None and expire_at <= publish_at:
        raise InvalidInputError("Thời điểm gỡ phải sau thời điểm đăng.", field="expire_at")
    item = NewsItem(
        slug=f"{slug_of(revision.title)[:_SLUG_LENGTH].strip('-') or 'tin'}-{approval.id}",
        approval_id=approval.id,
        unit_id=revision.bulletin.unit_id,
        programme_id=revision.programme_id,
        title=revision.title,
        summary=line(summary, field="summary", what="Tóm tắt", limit=SUMMARY_LIMIT),
        body=revision.text,
        posted_by=by.id,
        posted_at=now,
        publish_at=publish_at,
        expire_at=expire_at,
        updated_at=publish_at,
    )
    session.add(item)
    session.flush()
    audit.record(
        session,
        "news.post",
        actor=by.login,
        subject=f"news:{item.id}",
        now=now,
        approval=approval.id,
        slug=item.slug,
    )
    return item


def withdraw(session: Session, item: NewsItem, *, by: User, now: datetime) -> None:
    """Take an article off the site now."""
    if item.expire_at is not None and item.expire_at <= now:
        raise ConflictError("Tin này đã được gỡ.")
    item.expire_at = item.updated_at = max(now, item.publish_at)
    audit.record(session, "news.withdraw", actor=by.login, subject=f"news:{item.id}", now=now, slug=item.slug)


def get(session: Session, item_id: int) -> NewsItem:
    """Return an article, visible or not, or raise NotFoundError."""
    item = session.get(NewsItem, item_id)
    if item is None:
        raise NotFoundError("Không có tin bài số {id}.", id=item_id)
    return item


def visible(
    session: Session,
    now: datetime,
    *,
    programme_code: str | None = None,
    limit: int = 20,
    before: int | None = None,
) -> list[NewsItem]:
    """Return the articles residents may see at `now`, newest first; `before` is an item's id."""
    query = _visible(now).order_by(NewsItem.publish_at.desc(), NewsItem.id.desc()).limit(limit)
    if programme_code is not None:
        query = query.where(Programme.code == programme_code)
    last = session.get(NewsItem, before) if before is not None else None
    if last is not None:
        query = query.where(_older_than(last))
    return list(session.scalars(query))


def visible_by_slug(session: Session, slug: str, now: datetime) -> NewsItem:
    """Return the visible article named `slug`, or raise NotFoundError."""
    item = session.scalars(_visible(now).where(NewsItem.slug == slug)).first()
    if item is None:
        raise NotFoundError("Không có tin này, hoặc tin đã được gỡ.")
    return item


def visible_by_clip(session: Session, sha256: str, now: datetime) -> NewsItem | None:
    """Return a visible article that carries the clip, if there is one."""
    return session.scalars(_visible(now).where(Approval.clip_sha256 == sha256)).first()


def listing(session: Session, unit_ids: set[int], *, limit: int = 100) -> list[NewsItem]:
    """Return the units' articles for the desk, newest first, visible or not."""
    query = select(NewsItem).where(NewsItem.unit_id.in_(unit_ids)).order_by(NewsItem.id.desc()).limit(limit)
    return list(session.scalars(query))


def tick(session: Session, now: datetime) -> list[NewsItem]:
    """Stamp and audit the articles that began or ended to show since the last call."""
    begun = select(NewsItem).where(NewsItem.published_at.is_(None), NewsItem.publish_at <= now)
    ended = select(NewsItem).where(NewsItem.expired_at.is_(None), NewsItem.expire_at <= now)
    changed = []
    for item in session.scalars(begun).all():
        item.published_at = now
        changed.append((item, "news.live"))
    for item in session.scalars(ended).all():
        item.expired_at = now
        changed.append((item, "news.end"))
    session.flush()
    for item, action in changed:
        audit.record(session, action, actor=audit.SYSTEM, subject=f"news:{item.id}", now=now, slug=item.slug)
    return [item for item, _ in changed]


def _visible(now: datetime) -> Select[NewsItem]:
    return (
        select(NewsItem)
        .join(Approval, Approval.id == NewsItem.approval_id)
        .join(Revision, Revision.id == Approval.revision_id)
        .join(Bulletin, Bulletin.id == Revision.bulletin_id)
        .join(Programme, Programme.id == NewsItem.programme_id)
        .where(
            NewsItem.publish_at <= now,
            or_(NewsItem.expire_at.is_(None), NewsItem.expire_at > now),
            Bulletin.recalled_at.is_(None),
        )
        .options(
            selectinload(NewsItem.approval), selectinload(NewsItem.unit), selectinload(NewsItem.programme)
        )
    )


def _older_than(last: NewsItem) -> ColumnElement[bool]:
    same = (NewsItem.publish_at == last.publish_at) & (NewsItem.id < last.id)
    return (NewsItem.publish_at < last.publish_at) | same
