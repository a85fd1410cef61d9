"""`/ward/<unit>`: the desk, and the part of it that keeps itself fresh."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from content.models.people import Role
from scheduler.rules import Rules
from web import context
from web.live import fragment
from web.notices import filing
from web.ward import words
from web.ward.blueprint import ward
from web.ward.door import Door, enter
from web.ward.picture import Picture, draw
from web.ward.troubles import troubles

NOTICES = 5
VOLUMES = (0, 20, 40, 60, 80, 100)


@ward.get("/<slug>")
def desk(slug: str) -> ResponseReturnValue:
    """Show the desk."""
    return render_template("ward/desk.html", **_shown(enter(slug)))


@ward.get("/<slug>/live")
def live(slug: str) -> Response:
    """Answer the part that changes, or 304 while it does not."""
    return fragment(render_template("ward/live.html", **_shown(enter(slug))))


def picture_of(door: Door) -> Picture | None:
    """Return what the desk shows, None while no machine is enrolled."""
    if door.enrolled is None:
        return None
    return draw(
        context.session(),
        door.enrolled,
        context.now(),
        rules=Rules.of(context.house().settings),
        office=context.rights().may(Role.OFFICE, door.unit.id),
    )


def _shown(door: Door) -> dict[str, Any]:
    rights, picture = context.rights(), picture_of(door)
    told = filing.unseen(context.session(), rights.below(door.unit.id), context.now())
    return {
        "told": told[:NOTICES],
        "told_count": len(told),
        "door": door,
        "unit": door.unit,
        "picture": picture,
        "words": words,
        "troubles": troubles(picture, context.now()) if picture else [],
        "volumes": VOLUMES,
        "may_enrol": rights.holds(Role.OFFICE, Role.ADMIN),
    }
