"""Days of the Vietnamese lunar calendar (pure): rằm, mồng một, giỗ tổ, Tết and the days around it.

A text names up to eight kinds of day by commas: `15` every month's 15th, `3-10` the 10th of the third
month of every year, `tet`, `tet-3`, `tet+4` Tết and so many days before or after.  In a leap month the
monthly days come again; a yearly day is kept once, in the ordinary month of its number.  A 30th that a
month does not have is left out; the eve of Tết is `tet-1` whatever the month's length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from lunar_vn import SUPPORTED_YEAR_RANGE, LunarDate, solar_to_lunar

from content.errors import InvalidInputError

MOST_KINDS = 8
LONGEST_MONTH = 30
MONTHS = 12
AROUND_TET = 60
FIRST_YEAR, LAST_YEAR = SUPPORTED_YEAR_RANGE[0], SUPPORTED_YEAR_RANGE[1] - 1
"""The last year of all is left out: days before Tết are told from the Tết that follows."""
_DAY = timedelta(days=1)
_MONTHLY = re.compile(r"\d{1,2}")
_YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")
_TET = re.compile(r"tet(?:([+-])(\d{1,2}))?")


@lru_cache(maxsize=16_384)
def lunar_of(day: date) -> LunarDate:
    """Return the lunar date of a day of the years the library covers (UTC+7)."""
    return solar_to_lunar(day)


def check_lunar(text: str, *, field: str = "lunar") -> None:
    """Raise InvalidInputError unless `text` names days of the lunar calendar."""
    _kinds(text, field)


def lunar_days(text: str, *, start: date, end: date) -> tuple[date, ...]:
    """Return the days `start <= day < end` that `text` names; InvalidInputError beyond the years known."""
    if start >= end:
        return ()
    if start.year < FIRST_YEAR or (end - _DAY).year > LAST_YEAR:
        raise InvalidInputError(
            "Lịch âm chỉ tính được từ năm {first} đến năm {last}.",
            field="lunar",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return _days(text, start, end)


@lru_cache(maxsize=1024)
def _days(text: str, start: date, end: date) -> tuple[date, ...]:
    kinds = _kinds(text, "lunar")
    days = (start + n * _DAY for n in range((end - start).days))
    return tuple(day for day in days if any(kind(day) for kind in kinds))


def _kinds(text: str, field: str) -> list[Callable[[date], bool]]:
    pieces = [piece.strip() for piece in text.split(",")]
    found = [kind for piece in pieces for kind in _kind(piece)]
    if len(found) != len(pieces) or len(pieces) > MOST_KINDS:
        raise InvalidInputError(
            "Không hiểu ngày âm lịch “{text}”; ví dụ đúng: 15 · 1,15 · 3-10 · tet-3.",
            field=field,
            text=text[:80],
        )
    return found


def _kind(piece: str) -> Iterator[Callable[[date], bool]]:
    """Give the one test of a day that `piece` names; nothing when it names none."""
    if _MONTHLY.fullmatch(piece) and 1 <= int(piece) <= LONGEST_MONTH:
        yield lambda day: lunar_of(day).day == int(piece)
    elif (yearly := _YEARLY.fullmatch(piece)) is not None:
        month, number = int(yearly[1]), int(yearly[2])
        if 1 <= month <= MONTHS and 1 <= number <= LONGEST_MONTH:
            yield lambda day: _is(day, month, number)
    elif (tet := _TET.fullmatch(piece)) is not None:
        away = int(f"{tet[1] or '+'}{tet[2] or 0}")
        if abs(away) <= AROUND_TET:
            yield lambda day: _is(day - away * _DAY, 1, 1)


def _is(day: date, month: int, number: int) -> bool:
    lunar = lunar_of(day)
    return (lunar.month, lunar.day, lunar.leap) == (month, number, False)
