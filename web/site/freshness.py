"""Conditional answers: what has not changed is not sent again."""

from __future__ import annotations

from datetime import datetime

from flask import Response, current_app, make_response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.models.bulletin import Bulletin
from content.models.news import NewsItem


def changed_at(session: Session, now: datetime) -> datetime | None:
    """Return when what residents may see last changed: shown, edited, ended or recalled; None: never."""
    times = [
        session.scalar(select(func.max(moment)).where(moment <= now))
        for moment in (NewsItem.publish_at, NewsItem.updated_at, NewsItem.expire_at, Bulletin.recalled_at)
    ]
    return max((time for time in times if time is not None), default=None)


def conditional(body: str | bytes, media_type: str, *, changed: datetime | None = None) -> Response:
    """Return `body` with ETag and, when known, Last-Modified: 304 and no body for who has it already."""
    response = make_response(body)
    response.content_type = media_type
    response.cache_control.no_cache = True
    share(response)
    response.add_etag()
    response.last_modified = changed
    response.make_conditional(request)
    return response


def share(response: Response) -> None:
    """Let caches between us and the reader keep the answer, unless it may carry somebody's cookie."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        response.cache_control.private = True
    else:
        response.cache_control.public = True
    response.vary.add("Cookie")
