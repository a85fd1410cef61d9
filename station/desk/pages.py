"""The pages and files of the local page, read from this package; every name is known beforehand."""

from __future__ import annotations

import html
from functools import cache
from importlib.resources import files
from string import Template

from content.errors import NotFoundError
from station.desk import words

KINDS = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
    "icons.svg": "image/svg+xml",
    "vietnamese-400.woff2": "font/woff2",
    "vietnamese-600.woff2": "font/woff2",
    "latin-400.woff2": "font/woff2",
    "latin-600.woff2": "font/woff2",
    "figures-400.woff2": "font/woff2",
    "figures-600.woff2": "font/woff2",
}
"""The files that are served, and what each is."""


def file(name: str) -> tuple[bytes, str]:
    """Return a file of the page and its media type; NotFoundError for any other name."""
    if name not in KINDS:
        raise NotFoundError("Không có trang này.")
    return _read(name), KINDS[name]


def door(station: str, trouble: str = "") -> bytes:
    """Return the page that asks for the PIN, with what was wrong if something was."""
    told = f'<p class="trouble" role="alert">{html.escape(trouble)}</p>' if trouble else ""
    return _filled("door.html", station=html.escape(station), trouble=told)


def desk(station: str, token: str) -> bytes:
    """Return the desk; `token` goes with everything that is asked from it."""
    return _filled("desk.html", station=html.escape(station), token=html.escape(token), reasons=_reasons())


def _reasons() -> str:
    rows = (
        f'<label class="choice"><input type="radio" name="reason" value="{code}" required>'
        f"<span>{html.escape(told)}</span></label>"
        for code, told in words.SKIP_REASONS.items()
    )
    return "".join(rows)


def _filled(name: str, **values: str) -> bytes:
    return Template(_read(name).decode()).substitute(values).encode()


@cache
def _read(name: str) -> bytes:
    return files("station.desk").joinpath("static", name).read_bytes()
