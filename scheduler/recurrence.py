"""From a window's rule to its broadcasts (pure): RFC 5545, in days; the time of day is the window's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from content.contracts.instants import parse_local_time
from content.errors import ContractError, InvalidInputError
from scheduler.models.window import Window
from scheduler.quiet import instant_at

LONGEST_RULE = 200
LARGEST_NUMBER = 1000
EIGHT_YEARS = timedelta(days=2922)
_PARTS = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
_DAY = re.compile(r"\d{8}")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, order=True)
class Broadcast:
    """One window on one local day, `[starts_at, ends_at)`; `enforced`: quiet hours hold in it."""

    starts_at: datetime
    ends_at: datetime
    window: int
    day: date
    enforced: bool = True


def check_rule(text: str, *, first_day: date) -> None:
    """Raise InvalidInputError(field="rrule") unless `text` is a rule, in days or longer, that comes true."""
    parts = {name: value for name, value in _parts(text).items() if name not in {"COUNT", "UNTIL"}}
    until = min(first_day + EIGHT_YEARS, _until(_parts(text).get("UNTIL")))
    rule = _rule(parts, first_day, until)
    if next(iter(rule), None) is None:
        raise InvalidInputError("Quy tắc lặp “{rule}” không rơi vào ngày nào.", field="rrule", rule=text[:80])


def days_of(text: str, *, first_day: date, start: date, end: date) -> list[date]:
    """Return the days of a rule, counted from `first_day`, with `start <= day < end`."""
    parts = _parts(text)
    count = int(parts.pop("COUNT", LARGEST_NUMBER * 1000))
    until = min(end - timedelta(days=1), _until(parts.pop("UNTIL", None)))
    if until < first_day:
        return []
    found = (instant.date() for instant in islice(_rule(parts, first_day, until), count))
    return [day for day in takewhile(lambda day: day < end, found) if day >= start]


def broadcasts(
    window: Window, *, start: date, end: date, zone: ZoneInfo, rehearsal: bool = False
) -> Iterator[Broadcast]:
    """Give the window's broadcasts on the local days `start <= day < end`, in order."""
    wall = parse_local_time(window.local_start)
    length = timedelta(milliseconds=window.budget_ms)
    enforced = window.enforce_limits or not rehearsal
    stop = end if window.last_day is None else min(end, window.last_day + timedelta(days=1))
    for day in days_of(window.rrule, first_day=window.first_day, start=start, end=stop):
        begins = instant_at(day, wall, zone)
        yield Broadcast(begins, begins + length, window.id, day, enforced)


def check_local_time(text: str, *, field: str) -> time:
    """Return the wall time `HH:MM`, or raise InvalidInputError naming the field."""
    try:
        return parse_local_time(text)
    except ContractError as error:
        raise InvalidInputError("Giờ “{text}” không đúng dạng 06:00.", field=field, text=text[:20]) from error


def _parts(text: str) -> dict[str, str]:
    pieces = text.strip().removeprefix("RRULE:").rstrip(";").split(";")
    found = [_PARTS.fullmatch(piece) for piece in pieces]
    parts = {match[1]: match[2] for match in found if match}
    if len(text) > LONGEST_RULE or len(parts) != len(pieces) or not parts.keys() <= _KNOWN:
        raise _refused(text)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise InvalidInputError(
            "Quy tắc lặp phải theo ngày, tuần, tháng hoặc năm (FREQ=DAILY, WEEKLY, MONTHLY, YEARLY).",
            field="rrule",
        )
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdigit() and 0 < int(parts[name]) <= LARGEST_NUMBER):
            raise _refused(text)
    return parts


def _until(text: str | None) -> date:
    if text is None:
        return date.max
    if not _DAY.fullmatch(text):
        raise InvalidInputError("UNTIL phải là một ngày, ví dụ UNTIL=20261231.", field="rrule")
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
    except ValueError as error:
        raise InvalidInputError(
            "Không có ngày {text} trong quy tắc lặp.", field="rrule", text=text
        ) from error


def _rule(parts: dict[str, str], first: date, until: date) -> rrule:
    """Build the rule with its end set; one that cannot come true is refused, for it is sought for long."""
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    if not _possible(parts):
        raise _refused(text)
    try:
        rule = rrulestr(text, dtstart=datetime.combine(first, time()))
    except (ValueError, KeyError, IndexError) as error:
        raise _refused(text) from error
    if not isinstance(rule, rrule):
        raise _refused(text)
    return rule.replace(until=datetime.combine(until, time()))


def _possible(parts: dict[str, str]) -> bool:
    """Tell whether some month has one of the days asked for."""
    try:
        days = [int(day) for day in parts.get("BYMONTHDAY", "1").split(",")]
        months = [int(month) for month in parts.get("BYMONTH", "1").split(",")]
    except ValueError:
        return False
    if not all(1 <= month <= len(_LONGEST_MONTHS) for month in months) or 0 in days:
        return False
    longest = max(_LONGEST_MONTHS[month - 1] for month in months)
    return min(abs(day) for day in days) <= longest and max(abs(day) for day in days) <= max(_LONGEST_MONTHS)


def _refused(text: str) -> InvalidInputError:
    return InvalidInputError(
        "Không hiểu quy tắc lặp “{rule}”; ví dụ đúng: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR.",
        field="rrule",
        rule=text[:80],
    )
