"""Days, months and years in words, and the days of the year everybody names by their numbers."""

from __future__ import annotations

from audio.reading.numbers import cardinal
from audio.reading.wording import words

LAST_MONTH = 12
LAST_DAY = 31
_CENTURY_FROM = 50
_LUNAR_MONTHS = {1: "Giêng", 12: "Chạp"}

# Days whose `20/11` stands alone, with no word for day before it: holidays, memorial days, old festivals.
FAMOUS_DAYS = frozenset(
    words(
        "1/1 9/1 3/2 14/2 27/2 3/3 8/3 10/3 22/3 24/3 26/3 21/4 30/4 1/5 7/5 15/5 19/5 31/5 1/6 5/6 21/6 "
        "26/6 28/6 11/7 15/7 27/7 28/7 15/8 19/8 2/9 10/10 13/10 14/10 15/10 20/10 9/11 18/11 20/11 23/11 "
        "25/11 1/12 6/12 10/12 19/12 22/12 23/12 24/12 25/12"
    )
)


def month(written: str, *, lunar: bool = False) -> str:
    """Say a month: `4` tháng tư; the first and the last of the lunar year have names."""
    number = int(written)
    if lunar and number in _LUNAR_MONTHS:
        return f"tháng {_LUNAR_MONTHS[number]}"
    return "tháng tư" if number == 4 else f"tháng {cardinal(number)}"  # noqa: PLR2004


def year(written: str) -> str:
    """Say a year; two digits mean this century or the end of the last."""
    number = int(written)
    if len(written) == 2:  # noqa: PLR2004
        number += 2000 if number < _CENTURY_FROM else 1900
    return f"năm {cardinal(number)}"


def day_month(day: str, of_month: str, *, lunar: bool = False) -> str:
    """Say a day of a month: `20/11` hai mươi tháng mười một."""
    return f"{cardinal(int(day))} {month(of_month, lunar=lunar)}"


def is_famous(day: str, of_month: str) -> bool:
    """Tell whether a day stands for a holiday or memorial day."""
    return f"{int(day)}/{int(of_month)}" in FAMOUS_DAYS


def is_day(day: str, of_month: str) -> bool:
    """Tell whether two numbers can be a day and a month."""
    return 1 <= int(day) <= LAST_DAY and 1 <= int(of_month) <= LAST_MONTH
