"""Calendars by the name that a mark uses: those computed, and the offices' own that reach a person."""

from __future__ import annotations

from flask_babel import gettext

from scheduler import calendars
from scheduler.models.calendar import Calendar
from web import context, places


def names() -> dict[str, str]:
    """Return mark's name → what people call the calendar, of every calendar the person may choose."""
    computed = {name: gettext(title) for name, title in calendars.COMPUTED.items()}
    return {**computed, **{str(one.id): one.name for one in own()}}


def all_names() -> dict[str, str]:
    """Return mark's name → what people call it, of every calendar there is: for telling, not for choosing."""
    computed = {name: gettext(title) for name, title in calendars.COMPUTED.items()}
    return {**computed, **{str(one.id): one.name for one in calendars.listing(context.session())}}


def own() -> list[Calendar]:
    """Return the calendars in use that hold everywhere or where the person has to do."""
    found = calendars.listing(context.session())
    return [one for one in found if one.unit_id is None or places.sees(one.unit_id)]
