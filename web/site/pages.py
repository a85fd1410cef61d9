"""The pages residents read."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from content import news, plans
from content.errors import NotFoundError
from content.models.plan import Programme
from web import context
from web.site import record
from web.site.entries import paragraphs
from web.site.freshness import conditional

PAGE = 15
_HTML = "text/html; charset=utf-8"
_FAR_ID = 2**31


def home() -> Response:
    """Show the newest articles."""
    return _listing("site/home.html")


def programme(code: str) -> Response:
    """Show the newest articles of one programme."""
    return _listing(
        "site/programme.html", code=code, programme=plans.programme_by_code(context.session(), code)
    )


def article(slug: str) -> Response:
    """Show one article with its sound."""
    item = news.visible_by_slug(context.session(), slug, context.now())
    return _page("site/article.html", item=item, paragraphs=paragraphs(item.body))


def heard() -> Response:
    """Show what was heard, by unit; `?don-vi=` keeps one."""
    unit = request.args.get("don-vi") or None
    records = record.recent(context.session(), context.now(), unit_slug=unit)
    house = context.house()
    days = {one.slug: record.by_day(one.hearings, house.today) for one in records}
    return _page("site/heard.html", records=records, days=days, chosen=unit)


def _listing(template: str, *, code: str | None = None, **facts: Any) -> Response:
    items = news.visible(
        context.session(), context.now(), programme_code=code, limit=PAGE + 1, before=_before()
    )
    shown, more = items[:PAGE], len(items) > PAGE
    return _page(
        template, items=shown, older=shown[-1].id if more else None, first=_before() is None, **facts
    )


def _page(template: str, **facts: Any) -> Response:
    session = context.session()
    programmes = _programmes(session)
    body = render_template(template, programmes=programmes, url_of_site=_url_of_site(), **facts)
    return conditional(body, _HTML)


def _programmes(session: Session) -> list[Programme]:
    try:
        return plans.current(session).programmes
    except NotFoundError:
        return []


def _before() -> int | None:
    """Return the article to go on from (`?truoc=`), None at the top."""
    given = request.args.get("truoc", "")
    return min(int(given), _FAR_ID) if given.isascii() and given.isdecimal() and len(given) <= 10 else None  # noqa: PLR2004


def _url_of_site() -> str:
    return context.house().settings.url_of_site
