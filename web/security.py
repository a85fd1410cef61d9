"""Headers, cookies and forms: what the browser may load, and whose form it was."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from web import context
from web.house import House

LARGEST_REQUEST_BYTES = 16_000_000
_FORM_BYTES = 2_000_000
"""What stands around a file in a form."""
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

csrf = CSRFProtect()


def init_app(app: Flask, house: House) -> None:
    """Set cookies, forms and headers of `app`."""
    secure = house.settings.url_of_site.startswith("https://")
    app.config.update(
        SECRET_KEY=house.cookie_secret,
        SESSION_COOKIE_NAME="__Host-loaphuong" if secure else f"loaphuong_{house.settings.port}",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=secure,
    )
    app.before_request(_allow_recordings)
    csrf.init_app(app)
    app.after_request(_harden)


def largest_bytes(house: House) -> int:
    """Return how large any request may be."""
    return max(LARGEST_REQUEST_BYTES, house.recordings.most_bytes + _FORM_BYTES)


def _allow_recordings() -> None:
    """Let in larger requests where recordings are given, before anybody reads the form."""
    if request.endpoint in context.RECORDING_POSTS:
        request.max_content_length = context.house().recordings.most_bytes + _FORM_BYTES


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response
