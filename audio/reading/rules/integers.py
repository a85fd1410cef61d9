"""Whole and decimal numbers that no other class took.

`1.021` một nghìn không trăm hai mươi mốt, `05` năm, `76,5` bảy mươi sáu phẩy năm.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_NUMBER = re.compile(NUMBER)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a number."""
    found = _NUMBER.match(scan.text, position)
    return Claim(found.end(), number(found.group())) if found else None


RULE = Rule(
    "number",
    DIGIT,
    match,
    (("có 1.021 hộ", "có một nghìn không trăm hai mươi mốt hộ"), ("76,5 tuổi", "bảy mươi sáu phẩy năm tuổi")),
)
