"""A window's days in the words of people: its rule or lunar day, calendars, days added and left out."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from scheduler.models.window import Window

CODES = {"1": "MO", "2": "TU", "3": "WE", "4": "TH", "5": "FR", "6": "SA", "7": "SU"}
_EVERY = {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"}
_WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_WEEKLY = "FREQ=WEEKLY;BYDAY="


def _(text: str, **facts: object) -> str:
    said: str = gettext(text, **facts)
    return said


def rule_of(weekdays: list[str]) -> str:
    """Return the rule of the weekdays ticked (1 = Monday … 7 = Sunday), empty when none is."""
    days = [CODES[one] for one in sorted(set(weekdays)) if one in CODES]
    if len(days) == len(CODES):
        return "FREQ=DAILY"
    return f"{_WEEKLY}{','.join(days)}" if days else ""


def day_name(number: str) -> str:
    """Return the name of a weekday by its number, 1 = Monday."""
    names = {
        "1": _("thứ Hai"),
        "2": _("thứ Ba"),
        "3": _("thứ Tư"),
        "4": _("thứ Năm"),
        "5": _("thứ Sáu"),
        "6": _("thứ Bảy"),
        "7": _("Chủ Nhật"),
    }
    return names[number]


def days_words(window: Window, calendars: Mapping[str, str]) -> str:
    """Return when a window broadcasts; `calendars` are names by the mark's name."""
    said = lunar_words(window.lunar) if window.lunar else rule_words(window.rrule)
    marks = [_mark_words(mark, calendars) for mark in window.calendars or ()]
    return ", ".join([said, *marks])


def rule_words(rule: str) -> str:
    """Return a rule in words where it is one that the form builds, the rule itself otherwise."""
    if rule in _EVERY:
        return _("Hằng ngày")
    if rule == _WORKDAYS:
        return _("Thứ Hai đến thứ Sáu")
    numbers = {code: number for number, code in CODES.items()}
    codes = rule.removeprefix(_WEEKLY).split(",") if rule.startswith(_WEEKLY) else []
    if codes and all(code in numbers for code in codes):
        said = ", ".join(day_name(numbers[code]) for code in codes)
        return said[:1].upper() + said[1:]
    return _("Theo quy tắc %(rule)s", rule=rule)


def lunar_words(text: str) -> str:
    """Return the lunar days that `text` names in words."""
    said = ", ".join(_lunar_piece(piece.strip()) for piece in text.split(","))
    return said[:1].upper() + said[1:]


def _lunar_piece(piece: str) -> str:
    if piece == "1":
        return _("mồng một âm lịch")
    if piece == "15":
        return _("rằm âm lịch")
    if piece.startswith("tet"):
        return _around_tet(int(piece[3:] or 0))
    month, dash, number = piece.partition("-")
    if dash:
        return _("ngày %(day)s tháng %(month)s âm lịch", day=number, month=month)
    return _("ngày %(day)s âm lịch", day=month)


def _around_tet(away: int) -> str:
    if away == 0:
        return _("mồng một Tết")
    if away < 0:
        return _("%(n)s ngày trước Tết", n=-away)
    return _("%(n)s ngày sau mồng một Tết", n=away)


def _mark_words(mark: str, calendars: Mapping[str, str]) -> str:
    name = calendars.get(mark[1:], mark[1:])
    if mark[0] == "+":
        return _("chỉ trong “%(name)s”", name=name)
    return _("trừ “%(name)s”", name=name)
