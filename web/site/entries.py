"""An article as the feeds tell it: plain values, addresses made whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from content.models.news import NewsItem


@dataclass(frozen=True)
class Entry:
    """One article.  `id` stays when the site moves; instants are aware; `bytes` is the clip's length."""

    id: str
    url: str
    title: str
    summary: str
    body: str
    published: datetime
    updated: datetime
    unit: str
    programme_code: str
    programme: str
    sound_url: str
    media_type: str
    bytes: int
    duration_ms: int


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself; `url` is the site's address, `feed_url` the feed's own."""

    title: str
    description: str
    url: str
    feed_url: str
    updated: datetime


def entry_of(item: NewsItem, site_url: str) -> Entry:
    """Return `item` as an entry of the site at `site_url` (no slash at its end)."""
    approval = item.approval
    return Entry(
        id=f"tag:loaphuong,2021:news/{item.id}",
        url=f"{site_url}/tin/{quote(item.slug)}",
        title=item.title,
        summary=item.summary,
        body=item.body,
        published=item.publish_at,
        updated=max(item.publish_at, item.updated_at),
        unit=item.unit.name,
        programme_code=item.programme.code,
        programme=item.programme.short_title,
        sound_url=f"{site_url}/am-thanh/{approval.clip_sha256}.mp3",
        media_type=approval.media_type,
        bytes=approval.bytes,
        duration_ms=approval.duration_ms,
    )


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: runs of lines with a blank one between."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip() for part in parts if part.strip()]
