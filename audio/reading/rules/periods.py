"""Periods of years: `2016 - 2019` hai nghìn không trăm mười sáu đến hai nghìn không trăm mười chín.

`kế hoạch 3 năm 2022 - 2024` has a pause behind the count of years, which would run into the first year.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, NOT_WORD
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import cardinal

if TYPE_CHECKING:
    from audio.reading.model import Scan

_YEARS = re.compile(rf"(?P<a>[12]\d{{3}})\s?(?P<joint>{DASH}|/)\s?(?P<b>[12]\d{{3}}){NOT_WORD}(?!%)")

_COUNT = re.compile(r"(?P<count>\d{1,2}) năm(?= )")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim two years with a dash between them, or the count of years before such two."""
    count = _COUNT.match(scan.text, position)
    if count and _YEARS.match(scan.text, count.end() + 1):
        return Claim(count.end(), f"{cardinal(int(count['count']))} năm", after=",")
    found = _YEARS.match(scan.text, position)
    if not found or int(found["a"]) >= int(found["b"]):
        return None
    if found["joint"] == "/" and int(found["b"]) - int(found["a"]) > 1:
        return None
    return Claim(found.end(), f"{cardinal(int(found['a']))} đến {cardinal(int(found['b']))}")


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
)
