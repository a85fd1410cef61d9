"""From a window's rule to its broadcasts (pure).

Days come from an RFC 5545 rule (in days or longer; the time of day is the window's own) or from the
lunar calendar, then `rdates` are added and `exdates` left out.  Calendars narrow the rule, never the
`rdates`: a day somebody named stands.  A wall time that the clocks skip is taken as much later as they
were put forward; one that comes twice is taken the first time.  A broadcast that runs past midnight
belongs to the day it starts on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from content.contracts.instants import parse_local_time
from content.errors import ContractError, InvalidInputError
from scheduler.calendars import Calendars
from scheduler.lunar import lunar_days
from scheduler.models.window import Window
from scheduler.quiet import instant_at

LONGEST_RULE = 200
LARGEST_NUMBER = 1000
MOST_DATES = 400
DAY = timedelta(days=1)
EIGHT_YEARS = timedelta(days=2922)
_CYCLE = timedelta(days=146_097)
"""400 years, after which weekdays, months and leap years come again as they were."""
_LATEST_START = date(9620, 1, 1)
_PARTS = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
_DAY = re.compile(r"\d{8}")
_STEPS = {"DAILY": 1, "WEEKLY": 7}
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, order=True)
class Broadcast:
    """One window on one local day, `[starts_at, ends_at)`; `enforced`: limits and quiet hours hold in it."""

    starts_at: datetime
    ends_at: datetime
    window: int
    day: date
    enforced: bool = True


def check_rule(text: str, *, first_day: date) -> None:
    """Raise InvalidInputError(field="rrule") unless `text` is a rule, in days or longer, that comes true."""
    parts = _parts(text)
    if parts["FREQ"] in _STEPS and any(sign.isdigit() for sign in parts.get("BYDAY", "")):
        raise InvalidInputError(
            "Thứ thứ mấy (BYDAY=1MO) chỉ dùng được khi lặp theo tháng hoặc năm.", field="rrule"
        )
    last = _until(parts.get("UNTIL"))
    if last < first_day:
        raise InvalidInputError(
            "Quy tắc lặp kết thúc ngày {last:%d/%m/%Y}, trước ngày đầu.", field="rrule", last=last
        )
    if not days_of(text, first_day=first_day, start=first_day, end=min(first_day + EIGHT_YEARS, last) + DAY):
        raise InvalidInputError("Quy tắc lặp “{rule}” không rơi vào ngày nào.", field="rrule", rule=text[:80])


def check_dates(days: Sequence[str], *, field: str) -> list[str]:
    """Return ISO days in order, each once; InvalidInputError names the one that is none."""
    if len(days) > MOST_DATES:
        raise InvalidInputError("Nhiều nhất {most} ngày riêng.", field=field, most=MOST_DATES)
    found = set()
    for text in days:
        try:
            found.add(date.fromisoformat(text).isoformat())
        except ValueError as error:
            raise InvalidInputError("Không có ngày “{text}”.", field=field, text=text[:20]) from error
    return sorted(found)


@lru_cache(maxsize=4096)
def days_of(text: str, *, first_day: date, start: date, end: date) -> tuple[date, ...]:
    """Return the days of a rule, counted from `first_day`, with `start <= day < end`."""
    parts = _parts(text)
    last = min(end - DAY, _until(parts.pop("UNTIL", None)))
    if last < max(first_day, start):
        return ()
    count = parts.pop("COUNT", None)
    first = first_day if count else _nearer(parts, first_day, start)
    shift = (_LATEST_START - first) // _CYCLE * _CYCLE
    rule = _rule(parts, first + shift, last + shift)
    found = (instant.date() - shift for instant in islice(rule, int(count) if count else None))
    return tuple(day for day in takewhile(lambda day: day <= last, found) if day >= start)


def window_days(window: Window, *, start: date, end: date, calendars: Calendars) -> list[date]:
    """Return the local days `start <= day < end` on which the window broadcasts, in order."""
    first = max(start, window.first_day)
    stop = end if window.last_day is None else min(end, window.last_day + DAY)
    if window.lunar:
        days = lunar_days(window.lunar, start=first, end=stop)
    else:
        days = days_of(window.rrule, first_day=window.first_day, start=first, end=stop)
    marks = window.calendars or ()
    found = {day for day in days if calendars.allow(marks, day)} if marks else set(days)
    found.update(day for day in map(date.fromisoformat, window.rdates or ()) if first <= day < stop)
    return sorted(found.difference(map(date.fromisoformat, window.exdates or ())))


def broadcasts(
    window: Window,
    *,
    start: date,
    end: date,
    zone: ZoneInfo,
    calendars: Calendars,
    rehearsal: bool = False,
) -> Iterator[Broadcast]:
    """Give the window's broadcasts on the local days `start <= day < end`, in order."""
    wall = parse_local_time(window.local_start)
    length = timedelta(milliseconds=window.budget_ms)
    enforced = window.enforce_limits or not rehearsal
    for day in window_days(window, start=start, end=end, calendars=calendars):
        begins = instant_at(day, wall, zone)
        yield Broadcast(begins, begins + length, window.id, day, enforced)


def check_local_time(text: str, *, field: str) -> time:
    """Return the wall time `HH:MM`, or raise InvalidInputError naming the field."""
    try:
        return parse_local_time(text)
    except ContractError as error:
        raise InvalidInputError(
            "Giờ “{text}” không đúng dạng 06:00 (từ 00:00 đến 23:59).", field=field, text=text[:20]
        ) from error


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


def _nearer(parts: dict[str, str], first_day: date, start: date) -> date:
    """Return a later day to count from that gives the same days from `start` on, if there is one."""
    step = _STEPS.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", 1))
    if not step or start <= first_day:
        return first_day
    return first_day + (start - first_day).days // step * step * DAY


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
    """Build the rule with its end set.

    A rule that never comes true is sought up to the year 9999; so one that cannot is refused, and the
    caller counts from a late year.
    """
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
