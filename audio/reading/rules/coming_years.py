"""A year left open, as tax and budget papers write it.

`30/4/N+1` ba mươi tháng tư năm nờ cộng một, `năm N-1` năm nờ trừ một, `tháng 12/N` tháng mười hai năm nờ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, NOT_WORD
from audio.reading.calendar_words import day_month, month
from audio.reading.model import DIGIT, UPPER, Claim, Rule
from audio.reading.numbers import cardinal

if TYPE_CHECKING:
    from audio.reading.model import Scan

_YEAR = rf"N(?:\s?(?P<sign>\+|{DASH})\s?(?P<years>\d))?{NOT_WORD}(?!/)"
_DATED = re.compile(rf"(?:(?P<d>0?[1-9]|[12]\d|3[01])/)?(?P<m>0?[1-9]|1[0-2])/{_YEAR}")
_ALONE = re.compile(_YEAR)


def _said(found: re.Match[str]) -> str:
    """Say the letter for the year and how many years are added to it or taken off."""
    if not found["sign"]:
        return "nờ"
    return f"nờ {'cộng' if found['sign'] == '+' else 'trừ'} {cardinal(int(found['years']))}"


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a date or month of such a year, or the year itself after the word for year."""
    if scan.text[position] == "N":
        alone = _ALONE.match(scan.text, position)
        asked = alone and scan.before(position).endswith(" năm")
        return Claim(alone.end(), _said(alone)) if alone and asked else None
    found = _DATED.match(scan.text, position)
    if not found:
        return None
    dated = day_month(found["d"], found["m"]) if found["d"] else month(found["m"])
    if scan.before(position).endswith(" tháng"):
        dated = dated.removeprefix("tháng ")
    return Claim(found.end(), f"{dated} năm {_said(found)}")


RULE = Rule(
    "coming_year",
    DIGIT + UPPER,
    match,
    (
        ("hạn nộp 31/3/N+1", "hạn nộp ba mươi mốt tháng ba năm nờ cộng một"),
        ("so với năm N-1", "so với năm nờ trừ một"),
    ),
    behind="/",
)
