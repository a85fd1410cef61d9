"""Calendars by the name that a mark uses: those computed, and the offices' own that reach a person."""

from __future__ import annotations

from flask import request
from flask_babel import gettext

from content.errors import InvalidInputError
from scheduler import calendars
from scheduler.models.calendar import Calendar
from web import context, places

FIELD = "calendar-"
"""Before the name of a calendar: its field, which holds a sign."""


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


def marks_sent() -> dict[str, str]:
    """Return calendar → sign as the form has them, nothing checked."""
    form = request.form
    return {name.removeprefix(FIELD): sign for name, sign in form.items() if name.startswith(FIELD) and sign}


def marks() -> list[str]:
    """Return the marks that the form asks for, or InvalidInputError for a calendar the person has not."""
    sent = marks_sent()
    if not sent.keys() <= names().keys() or not set(sent.values()) <= {"+", "-"}:
        raise InvalidInputError("Có lịch không còn dùng; hãy chọn lại.", field="calendars")
    return [f"{sign}{name}" for name, sign in sent.items()]
