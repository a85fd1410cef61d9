"""Rules of broadcasting in words: the title of each kind, what a rule says, and what a form says of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from content.errors import InvalidInputError
from scheduler.limits import (
    DAY_MINUTES,
    LEVEL,
    QUIET,
    SENSITIVE,
    SESSION_MINUTES,
    SESSIONS,
    TOGETHER,
    WEEKDAYS,
)
from scheduler.models.rule import Rule
from web.window_words import day_name

KNOWN_TAGS = ("noi-thanh", "ngoai-thanh", "benh-vien", "truong-hoc")


def titles() -> dict[str, str]:
    """Return kind → its title."""
    return {
        SESSIONS: gettext("Số buổi phát mỗi ngày"),
        SESSION_MINUTES: gettext("Số phút mỗi buổi"),
        DAY_MINUTES: gettext("Số phút mỗi ngày"),
        WEEKDAYS: gettext("Ngày được phát trong tuần"),
        QUIET: gettext("Giờ yên tĩnh"),
        SENSITIVE: gettext("Khu vực cần giữ yên tĩnh"),
        TOGETHER: gettext("Trạm không phát cùng lúc"),
        LEVEL: gettext("Mức âm cao nhất"),
    }


def value_words(rule: Rule) -> str:
    """Return what a rule says."""
    said: str = _said(rule.kind, rule.value)
    return said


def sensitive(spans: str, weekdays: list[str], level: int | None) -> dict[str, Any]:
    """Return the value of a sensitive zone, of spans such as `07:00-11:30, 13:30-16:30`."""
    pieces = [piece.replace("–", "-").split("-") for piece in spans.replace(" ", "").split(",") if piece]
    if not pieces or any(len(piece) != 2 for piece in pieces):  # noqa: PLR2004
        raise InvalidInputError("Hãy ghi các khoảng giờ, ví dụ 07:00–11:30, 13:30–16:30.", field="spans")
    value: dict[str, Any] = {"spans": [{"start": start, "end": end} for start, end in pieces]}
    if weekdays:
        value["weekdays"] = "".join(sorted(set(weekdays)))
    return value if level is None else {**value, "level_cap_mdb": level}


def _said(kind: str, value: Mapping[str, Any]) -> str:
    if kind == WEEKDAYS:
        return str(gettext("Chỉ phát %(days)s", days=_days(value["weekdays"])))
    if kind == QUIET:
        return str(gettext("Không phát từ %(start)s đến %(end)s", start=value["start"], end=value["end"]))
    if kind == SENSITIVE:
        return _sensitive(value)
    if kind == TOGETHER:
        return str(gettext("Không phát cùng lúc: %(stations)s", stations=", ".join(value["stations"])))
    if kind == LEVEL:
        return str(gettext("Không quá %(level)s dB", level=f"{value['mdb'] / 1000:g}"))
    return _most(kind, value["most"])


def _most(kind: str, most: int) -> str:
    told = {
        SESSIONS: gettext("Nhiều nhất %(n)s buổi mỗi ngày", n=most),
        SESSION_MINUTES: gettext("Nhiều nhất %(n)s phút mỗi buổi", n=most),
        DAY_MINUTES: gettext("Nhiều nhất %(n)s phút mỗi ngày", n=most),
    }
    return str(told[kind])


def _sensitive(value: Mapping[str, Any]) -> str:
    spans = ", ".join(f"{span['start']}–{span['end']}" for span in value["spans"])
    said = gettext("Không phát %(spans)s", spans=spans)
    if value.get("weekdays", "1234567") != "1234567":
        said = f"{said}, {_days(value['weekdays'])}"
    if "level_cap_mdb" in value:
        level = f"{value['level_cap_mdb'] / 1000:g}"
        said = f"{said}; {gettext('giờ khác không quá %(level)s dB', level=level)}"
    return str(said)


def _days(numbers: str) -> str:
    if numbers == "12345":
        return str(gettext("thứ Hai đến thứ Sáu"))
    return ", ".join(day_name(number) for number in numbers)
