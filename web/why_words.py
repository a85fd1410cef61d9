"""A why in the page's language: each step's words, what to do, and the page that its subject has."""

from __future__ import annotations

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext

from scheduler.why import Link, Step, Why, Words

_PAGES = {
    "bulletin": ("office.bulletin", "bulletin_id"),
    "order": ("office.airings", "lenh"),
    "airing": ("office.airing", "airing_id"),
}


class Told(NamedTuple):
    """One step as the page shows it: `look` is good, bad or open; `url` leads to what it speaks of."""

    look: str
    said: str
    advice: str
    url: str


class Chain(NamedTuple):
    """The verdict first, then every step."""

    verdict: Told
    steps: list[Told]


def told(found: Why) -> Chain:
    """Return a why as a page shows it."""
    return Chain(_told(found.verdict), [_told(step) for step in found.steps])


def _told(step: Step) -> Told:
    look = {True: "good", False: "bad", None: "open"}[step.ok]
    return Told(look, _filled(step.template, step), _filled(step.todo, step), _address(step.link))


def _filled(template: str | None, step: Step) -> str:
    if not template:
        return ""
    facts = {name: gettext(f) if isinstance(f, Words) else f for name, f in step.facts.items()}
    said: str = gettext(template)
    return said.format(**facts)


def _address(link: Link | None) -> str:
    if link is not None and link.kind == "week":
        unit_id, _, monday = str(link.id).partition("/")
        return url_for("office.approve_week", unit_id=int(unit_id), monday=monday)
    if link is None or link.kind not in _PAGES:
        return ""
    endpoint, name = _PAGES[link.kind]
    values: dict[str, str | int] = {name: link.id}
    return url_for(endpoint, **values)  # type: ignore[arg-type]
