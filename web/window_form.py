"""The form of a window: what it sends read as a wish, and which of its fields tells of what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from content.errors import InvalidInputError
from scheduler.windows import WindowWish
from web import calendar_names, forms
from web.window_words import CODES, rule_of

WEEKDAYS, LUNAR, OWN_RULE = "weekdays", "lunar", "rrule"
LUNAR_KINDS = ("1", "15", "1,15", "3-10", "tet")
MINUTE_MS = 60_000
_BESIDE = {"rrule": {WEEKDAYS: "weekdays", LUNAR: "lunar"}, "calendars": {}}


@dataclass(frozen=True)
class Typed:
    """What stands in the form: one value a field, the weekdays ticked, calendar → sign."""

    fields: dict[str, str]
    weekdays: frozenset[str]
    marks: dict[str, str]


def blank(today: date) -> Typed:
    """Return an empty form: every weekday but the weekend, 15 minutes from tomorrow on."""
    given = request.args
    fields = {
        "station": given.get("tram", ""),
        "how": WEEKDAYS,
        "minutes": "15",
        "local_start": "17:00",
        "first_day": today.isoformat(),
        "lunar_kind": "15",
    }
    return Typed(fields, frozenset("12345"), {})


def typed() -> Typed:
    """Return what the form that was sent holds."""
    form = request.form
    return Typed(form.to_dict(), frozenset(form.getlist("weekdays")), calendar_names.marks_sent())


def wish() -> WindowWish:
    """Return what the form asks for, or raise InvalidInputError naming the field."""
    form = request.form
    how = forms.text(form, "how")
    minutes = forms.number(form, "minutes", what=gettext("Số phút"))
    return WindowWish(
        title=forms.text(form, "title"),
        local_start=forms.text(form, "local_start"),
        budget_ms=min(minutes, 100_000) * MINUTE_MS,
        first_day=forms.day(form, "first_day", what=gettext("Ngày đầu")),
        last_day=forms.maybe_day(form, "last_day", what=gettext("Ngày cuối")),
        rrule=_rule(how),
        lunar=_lunar() if how == LUNAR else None,
        exdates=_days("exdates", gettext("Ngày bỏ")),
        rdates=_days("rdates", gettext("Ngày thêm")),
        calendars=calendar_names.marks(),
        level_cap_mdb=_level(),
    )


def field_of(error: InvalidInputError) -> str:
    """Return the field of the form that tells of an error."""
    named = error.field or "title"
    return _BESIDE.get(named, {}).get(request.form.get("how", WEEKDAYS), named)


def lists() -> dict[str, Any]:
    """Return what the form offers to choose from."""
    return {
        "calendars": calendar_names.names(),
        "lunar_kinds": {
            "1": gettext("Mồng một hằng tháng"),
            "15": gettext("Ngày rằm hằng tháng"),
            "1,15": gettext("Mồng một và ngày rằm"),
            "3-10": gettext("Giỗ tổ (10/3 âm lịch)"),
            "tet": gettext("Trước Tết, số ngày ghi bên dưới"),
            "": gettext("Ngày âm khác, ghi bên dưới"),
        },
    }


def _rule(how: str) -> str:
    if how == OWN_RULE:
        return forms.text(request.form, "rrule")
    if how == LUNAR:
        return ""
    ticked = request.form.getlist("weekdays")
    if not ticked or not set(ticked) <= set(CODES):
        raise InvalidInputError("Hãy chọn ít nhất một thứ trong tuần.", field="rrule")
    return rule_of(ticked)


def _lunar() -> str:
    """Return the lunar days chosen; what is typed into the field beside says the rest."""
    kind, given = forms.text(request.form, "lunar_kind"), forms.text(request.form, "lunar").strip()
    if kind == "tet":
        if not given.isascii() or not given.isdecimal():
            raise InvalidInputError("Hãy ghi số ngày trước Tết, ví dụ 3.", field="lunar")
        return f"tet-{int(given[:4])}"
    if kind in LUNAR_KINDS:
        return kind
    if not given:
        raise InvalidInputError("Hãy ghi ngày âm lịch, ví dụ 23-12 hay 10.", field="lunar")
    return _month_last(given)


def _month_last(given: str) -> str:
    """Return days as the planner names them: people write the day first (`10/3`), it wants `3-10`."""
    pieces = [piece.strip() for piece in given.split(",")]
    return ",".join("-".join(reversed(piece.split("/"))) if "/" in piece else piece for piece in pieces)


def _days(name: str, what: str) -> list[str]:
    return [day.isoformat() for day in forms.days(request.form, name, what=what)]


def _level() -> int | None:
    given = forms.text(request.form, "level_cap").strip().replace("−", "-").replace(",", ".")
    if not given:
        return None
    try:
        return round(float(given) * 1000) if len(given) <= 6 else 1  # noqa: PLR2004
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(
            "Mức âm phải là số dB từ −60 đến 0, ví dụ −6.", field="level_cap_mdb"
        ) from error
