"""Vietnamese first, English second; times stand in the zone of the wards."""

from __future__ import annotations

from flask import Flask, request
from flask import session as cookie
from flask_babel import Babel

from web import context

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def init_app(app: Flask) -> None:
    """Choose the language of each request, and the zone in which templates show instants."""
    app.config.update(BABEL_DEFAULT_LOCALE="vi", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=chosen, timezone_selector=_zone)


def chosen() -> str:
    """Return the person's language: his own setting, what he last chose here, or the site's."""
    if request.path.startswith("/api/"):
        return context.house().settings.locale
    held = context.user()
    asked = (held.locale if held else None) or cookie.get("locale")
    return asked if asked in LANGUAGES else context.house().settings.locale


def _zone() -> str:
    return context.house().settings.time_zone
