"""Sending a clip: its bytes checked against their name, whole or a range of them."""

from __future__ import annotations

from flask import Response, send_file

from web import context

MEDIA_TYPE = "audio/mpeg"


def send(sha256: str, *, max_age: int | None = None, shared: bool = False) -> Response:
    """Answer a clip; `shared` lets caches between us and the listener keep it for `max_age` seconds.

    A missing file comes back from the archive.  NotFoundError when there is none anywhere, CorruptError when
    what lay there was damaged: it is put aside and never sounds.
    """
    path = context.house().library.open_clip(sha256)
    response = send_file(path.absolute(), MEDIA_TYPE, etag=sha256, conditional=True, max_age=max_age)
    response.cache_control.public = shared
    response.cache_control.private = None if shared else True
    response.cache_control.immutable = max_age is not None
    return response
