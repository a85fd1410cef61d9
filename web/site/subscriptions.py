"""The feeds, and the sound they enclose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Response

from content import news
from content.errors import NotFoundError
from web import context, sounds
from web.site import feeds
from web.site.entries import Channel, Entry, entry_of
from web.site.freshness import changed_at, conditional, share

LENGTH = 50
_YEAR_SECONDS = 31_536_000
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_TITLE = "Loa Phường"
_DESCRIPTION = "Tin của phường, để đọc và để nghe"


def atom() -> Response:
    """Answer /feed.atom."""
    return _feed(feeds.atom, "feed.atom", "application/atom+xml; charset=utf-8")


def rss() -> Response:
    """Answer /feed.rss."""
    return _feed(feeds.rss, "feed.rss", "application/rss+xml; charset=utf-8")


def json_feed() -> Response:
    """Answer /feed.json."""
    return _feed(feeds.json_feed, "feed.json", "application/feed+json; charset=utf-8")


def podcast() -> Response:
    """Answer /podcast.rss."""
    return _feed(feeds.podcast, "podcast.rss", "application/rss+xml; charset=utf-8")


def sound(sha256: str) -> Response:
    """Send the clip of a visible article, whole or a range of it."""
    item = news.visible_by_clip(context.session(), sha256, context.now())
    if item is None:
        raise NotFoundError("Không có tệp tiếng này, hoặc tin đã được gỡ.")
    response = sounds.send(sha256, max_age=_YEAR_SECONDS, shared=True)
    share(response)
    return response


def _feed(build: Callable[[Channel, Sequence[Entry]], bytes], name: str, media_type: str) -> Response:
    session, now, house = context.session(), context.now(), context.house()
    url = house.settings.url_of_site
    changed = changed_at(session, now)
    entries = [entry_of(item, url) for item in news.visible(session, now, limit=LENGTH)]
    channel = Channel(_TITLE, _DESCRIPTION, url, f"{url}/{name}", changed or _NEVER)
    return conditional(build(channel, entries), media_type, changed=changed)
