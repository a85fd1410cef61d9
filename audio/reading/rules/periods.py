"""Periods of years: `2016 - 2019` hai nghìn không trăm mười sáu đến hai nghìn không trăm mười chín.

`kế hoạch 3 năm 2022 - 2024` has a pause behind the count of years, which would run into the first year.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, NOT_WORD
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import cardinal
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_YEARS = re.compile(rf"(?P<a>[12]\d{{3}})\s?(?P<joint>{DASH}|/)\s?(?P<b>[12]\d{{3}}){NOT_WORD}(?!%)")

_COUNT = re.compile(r"(?P<count>\d{1,2}) năm(?= )")
_SHORT = re.compile(rf"(?P<a>(?:19|20)\d\d)\s?(?:{DASH}|/)\s?(?P<b>\d\d){NOT_WORD}(?![%./,-]\d|%)")
_LEADS = endings(
    "giai đoạn|nhiệm kỳ|năm học|mùa giải|niên khóa|niên khoá|thời kỳ|khóa|khoá|niên độ|mùa|vụ|các năm"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim two years with a dash between them, or the count of years before such two."""
    count = _COUNT.match(scan.text, position)
    if count and _YEARS.match(scan.text, count.end() + 1):
        return Claim(count.end(), f"{cardinal(int(count['count']))} năm", after=",")
    if short := _SHORT.match(scan.text, position):
        return _short(short) if scan.before(position).endswith(_LEADS) else None
    found = _YEARS.match(scan.text, position)
    if not found or int(found["a"]) >= int(found["b"]):
        return None
    if found["joint"] == "/" and int(found["b"]) - int(found["a"]) > 1:
        return None
    return Claim(found.end(), f"{cardinal(int(found['a']))} đến {cardinal(int(found['b']))}")


def _short(found: re.Match[str]) -> Claim | None:
    """Claim a year and the last two digits of a later one: `mùa giải 2024/25`."""
    last = int(found["a"][:2] + found["b"])
    if last <= int(found["a"]):
        return None
    return Claim(found.end(), f"{cardinal(int(found['a']))} đến {cardinal(last)}")


RULE = Rule(
    "period",
    DIGIT,
    match,
    (
        (
            "giai đoạn 2016 - 2019",
            "giai đoạn hai nghìn không trăm mười sáu đến hai nghìn không trăm mười chín",
        ),
        (
            "kế hoạch 3 năm 2022 - 2024",
            "kế hoạch ba năm, hai nghìn không trăm hai mươi hai đến hai nghìn không trăm hai mươi tư",
        ),
    ),
    behind=" /" + DASHES,
)
