"""What a form sends, read at the edge: a value of its type, or InvalidInputError naming the field."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.datastructures import MultiDict

from content.errors import InvalidInputError, NotFoundError

Form = MultiDict[str, str]
LARGEST_ID = 2**31 - 1
"""No row has a higher id; what is asked for beyond it is not there."""
YEARS = range(2000, 2201)
"""The years that a form may name: near the ends of the calendar no day has one before or after it."""

_BETWEEN = re.compile(r"[\s,;]+")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def identifier(given: str) -> int:
    """Return the id that an address names; ValueError when no row can have it."""
    if not given.isascii() or not given.isdecimal() or len(given) > 10 or int(given) > LARGEST_ID:  # noqa: PLR2004
        raise ValueError("no id")
    return int(given)


def text(form: Form, name: str) -> str:
    """Return a field's text, empty when it was not sent."""
    return form.get(name, "")


def day(form: Form, name: str, *, what: str) -> date:
    """Return the local date of a date field."""
    try:
        return local_day(form.get(name, ""))
    except ValueError as error:
        raise InvalidInputError("{what} không phải một ngày.", field=name, what=what) from error


def local_day(given: str) -> date:
    """Return the day that `2026-11-23` names; ValueError when it names none of the years we know."""
    day_ = date.fromisoformat(given)
    if day_.year not in YEARS:
        raise ValueError("no day of these years")
    return day_


def known_day(given: str) -> date:
    """Return the day that an address names; NotFoundError when it names none."""
    try:
        return local_day(given)
    except ValueError as error:
        raise NotFoundError("“{day}” không phải một ngày.", day=given[:20]) from error


def day_asked(name: str, otherwise: date) -> date:
    """Return the day that the address's question `name` gives, `otherwise` when it gives none."""
    given = request.args.get(name, "")
    return known_day(given) if given else otherwise


def instant(form: Form, name: str, zone: ZoneInfo, *, what: str) -> datetime | None:
    """Return the instant of a local date-and-time field, None when it was left empty."""
    given = form.get(name, "").strip()
    if not given:
        return None
    try:
        return _wall_time(given).replace(tzinfo=zone)
    except ValueError as error:
        raise InvalidInputError("{what} không phải một thời điểm.", field=name, what=what) from error


def _wall_time(given: str) -> datetime:
    local = datetime.fromisoformat(given)
    if local.tzinfo is not None or local.year not in YEARS:
        raise ValueError("no wall time of these years")
    return local


def number(form: Form, name: str, *, what: str) -> int:
    """Return the whole number of a field."""
    given = form.get(name, "").strip()
    if not given.isascii() or not given.isdecimal() or len(given) > 12:  # noqa: PLR2004
        raise InvalidInputError("{what} không phải một số.", field=name, what=what)
    return int(given)


def maybe_day(form: Form, name: str, *, what: str) -> date | None:
    """Return the local date of a date field, None when it was left empty."""
    return day(form, name, what=what) if form.get(name, "").strip() else None


def days(form: Form, name: str, *, what: str) -> list[date]:
    """Return the days typed into a field, one after the other, as 30/4/2027 or 2027-04-30."""
    found = []
    for given in _BETWEEN.split(form.get(name, "").strip()):
        try:
            found += [typed_day(given)] if given else []
        except ValueError as error:
            raise InvalidInputError(
                "{what}: “{given}” không phải một ngày; ví dụ đúng: 30/4/2027.",
                field=name,
                what=what,
                given=given[:20],
            ) from error
    return found


def typed_day(given: str) -> date:
    """Return the day that `30/4/2027` or `2027-04-30` names; ValueError when it names none we know."""
    local = _DAY_FIRST.fullmatch(given)
    if local is None:
        return local_day(given)
    return local_day(f"{local[3]}-{local[2]:0>2}-{local[1]:0>2}")


def maybe_number(form: Form, name: str) -> int:
    """Return the id in a field, 0 when it was not sent or is none."""
    try:
        return identifier(form.get(name, "").strip())
    except ValueError:
        return 0


def numbers(form: Form, name: str, *, what: str) -> list[int]:
    """Return the whole numbers of a field that was sent several times."""
    given = form.getlist(name)
    if not all(value.isascii() and value.isdecimal() and len(value) <= 12 for value in given):  # noqa: PLR2004
        raise InvalidInputError("{what} có giá trị lạ.", field=name, what=what)
    return [int(value) for value in given]
