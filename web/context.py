"""What a request has at hand: the house, one session, one instant, the person and his rights.

The session opens when first asked for and writes unless the request only looks; `finish` commits it
when the answer is good and rolls it back otherwise.  So a request is one transaction, unless something
must not wait for the rest of it (`keep`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from content.errors import SignInRequiredError
from content.models.people import User
from content.rights import Rights, rights_of
from web.house import House

_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_PREVIEWS = ("office.preview_order", "office.preview_relay_order", "office.preview_change")
_LOOKING_POSTS = frozenset(
    {
        "office.read_aloud",
        "office.preview_entry",
        "office.voices_for_text",
        "office.preview_window",
        "office.look_at_emergency",
        *_PREVIEWS,
    }
)
"""What is posted only because it is long: it keeps nothing, and must not wait for who writes."""
RECORDING_POSTS = frozenset(
    {"office.upload_recording", "office.record_for_new", "office.record_for_bulletin"}
)
"""What takes long before it writes: that it does in a transaction of its own, at the end."""

_LONG_READING_POSTS = frozenset({"office.download_ledger"})
"""What reads long and writes one line: that it does in a transaction of its own, at the end."""


def house() -> House:
    """Return the house the app was built with."""
    return cast("House", current_app.extensions["loaphuong"])


def session() -> Session:
    """Return the request's session."""
    if "session" not in g:
        reading = _LOOKING_POSTS | RECORDING_POSTS | _LONG_READING_POSTS
        looks = request.method in _LOOKING or request.endpoint in reading
        g.session = house().database.session(write=not looks)
    return cast("Session", g.session)


def now() -> datetime:
    """Return the instant at which the request is answered, the same all through it."""
    if "now" not in g:
        g.now = house().clock.now()
    return cast("datetime", g.now)


def today() -> date:
    """Return the local date."""
    return house().today(now())


def user() -> User | None:
    """Return who is signed in, or None; once the request has failed, the database is asked no more."""
    if g.get("failed"):
        return None
    return cast("User", current_user.user) if current_user.is_authenticated else None


def person() -> User:
    """Return who is signed in, or raise SignInRequiredError."""
    found = user()
    if found is None:
        raise SignInRequiredError("Hãy đăng nhập để tiếp tục.")
    return found


def rights() -> Rights:
    """Return the rights of who is signed in, or raise SignInRequiredError."""
    if "rights" not in g:
        g.rights = rights_of(session(), person())
    return cast("Rights", g.rights)


def afterwards(call: Callable[[], object]) -> None:
    """Have `call` done once what the request did is kept; never when it is not."""
    g.setdefault("afterwards", []).append(call)


def keep() -> None:
    """Keep what the request did so far; what it does from here on is a transaction of its own."""
    session().commit()


def fail() -> None:
    """Undo what the request did: the page that tells of it is written without the database."""
    g.failed = True
    held = g.get("session")
    if held is not None:
        held.rollback()


def init_app(app: Flask) -> None:
    """Commit or roll back after each request, and close its session."""
    app.after_request(finish)
    app.teardown_request(_close)


def finish(response: Response) -> Response:
    """Keep what the request did if it went well."""
    held = g.get("session")
    if held is not None:
        if response.status_code < 400:  # noqa: PLR2004
            held.commit()
            for call in g.pop("afterwards", []):
                call()
        else:
            held.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    held = g.pop("session", None)
    if held is not None:
        held.close()
