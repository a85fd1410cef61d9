"""Inches: `ti vi 43"` bốn mươi ba inch, `ống phi 2"`; a sign that closes a quotation is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_INCHES = re.compile(r"(?P<number>\d{1,3}(?:[.,]\d)?)\s?(?P<sign>[\"”″]|'')(?![\w'\"])")
_SIZED = re.compile(
    r" (?:ti ?vi|tv|màn hình|laptop|máy tính|điện thoại|ống|phi|lốp|vành|bánh|loa|mâm|inch|samsung|sony|lg)"
    r"\b[^.;\n\"“]{0,24}$"
)
_NEAR = 200
_OPENED = re.compile(r"(?<!\d)\"")


def _is_open(text: str, position: int) -> bool:
    """Tell whether a straight quotation mark before a place waits for its end."""
    line = text[max(0, position - _NEAR) : position].rpartition("\n")[2]
    return len(_OPENED.findall(line)) % 2 == 1


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a number of inches, where no quotation is open or a sized thing stands before it."""
    found = _INCHES.match(scan.text, position)
    if not found:
        return None
    sure = found["sign"] == "″" or (found["sign"] == '"' and not _is_open(scan.text, position))
    if not sure and not _SIZED.search(scan.before(position)):
        return None
    return Claim(found.end(), f"{number(found['number'])} inch")


RULE = Rule(
    "inch",
    DIGIT,
    match,
    (('ti vi 43"', "ti vi bốn mươi ba inch"), ("màn hình 15,6”", "màn hình mười lăm phẩy sáu inch")),
    behind=" .,\"”″'",
)
