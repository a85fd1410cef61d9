"""Fragments that a page asks for again and again: unchanged ones are answered without a body."""

from __future__ import annotations

import hashlib

from flask import Response, make_response, request


def fragment(html: str) -> Response:
    """Answer `html`, or 304 when the page has it already."""
    response = make_response(html)
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
