"""Fragments that a page asks for again and again: unchanged ones are answered without a body."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Response, make_response, request
from flask_babel import get_locale
from sqlalchemy import func, select

from content.models.audit import Audit
from scheduler.models.airing import AiringChange
from web import context

ANYWAY_SECONDS = 10
"""After so long a part is made anew, whatever grew: stations fall silent without a word."""


def fragment(html: str) -> Response:
    """Answer `html`, or 304 when the page has it already."""
    response = make_response(html)
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def fragment_since(render: Callable[[], str]) -> Response:
    """Answer what `render` gives, or 304 without asking it while nothing was written down in between.

    The log and the airings' history grow with every change; a few numbers tell more cheaply than the part.
    """
    steps = select(
        select(func.max(Audit.sequence)).scalar_subquery(),
        select(func.max(AiringChange.id)).scalar_subquery(),
    )
    grown = tuple(context.session().execute(steps).one())
    key = (request.full_path, context.person().id, str(get_locale()), grown, _turn(context.now()))
    response = make_response()
    response.set_etag(hashlib.sha256(repr(key).encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    if response.status_code != 304:  # noqa: PLR2004
        response.set_data(render())
    return response


def _turn(now: datetime) -> int:
    return int(now.timestamp()) // ANYWAY_SECONDS
