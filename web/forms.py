"""What a form sends, read at the edge: a value of its type, or InvalidInputError naming the field."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from content.errors import InvalidInputError

Form = MultiDict[str, str]


def text(form: Form, name: str) -> str:
    """Return a field's text, empty when it was not sent."""
    return form.get(name, "")


def day(form: Form, name: str, *, what: str) -> date:
    """Return the local date of a date field."""
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise InvalidInputError("{what} không phải một ngày.", field=name, what=what) from error


def instant(form: Form, name: str, zone: ZoneInfo, *, what: str) -> datetime | None:
    """Return the instant of a local date-and-time field, None when it was left empty."""
    given = form.get(name, "").strip()
    if not given:
        return None
    try:
        return datetime.fromisoformat(given).replace(tzinfo=zone)
    except ValueError as error:
        raise InvalidInputError("{what} không phải một thời điểm.", field=name, what=what) from error


def number(form: Form, name: str, *, what: str) -> int:
    """Return the whole number of a field."""
    given = form.get(name, "").strip()
    if not given.isascii() or not given.isdecimal() or len(given) > 12:  # noqa: PLR2004
        raise InvalidInputError("{what} không phải một số.", field=name, what=what)
    return int(given)


def numbers(form: Form, name: str, *, what: str) -> list[int]:
    """Return the whole numbers of a field that was sent several times."""
    given = form.getlist(name)
    if not all(value.isascii() and value.isdecimal() and len(value) <= 12 for value in given):  # noqa: PLR2004
        raise InvalidInputError("{what} có giá trị lạ.", field=name, what=what)
    return [int(value) for value in given]
