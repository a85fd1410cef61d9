"""A capital T behind a number: months of a loan or a warranty, else tonnes.

`kỳ hạn 6T` sáu tháng, `bảo hành 24T` hai mươi tư tháng, `xe tải 3,5T` ba phẩy năm tấn.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, NOT_WORD
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_COUNTED = re.compile(rf"(?:(?P<low>{NUMBER})\s?{DASH}\s?)?(?P<number>{NUMBER})T{NOT_WORD}(?![.&-])")
_MONTHS = re.compile(
    r" (?:kỳ hạn|kì hạn|thời hạn|trả góp|bảo hành|lãi suất|gói cước|gửi|vay)\b[^.;\n]{0,16}$"
)
_TONNES = re.compile(
    r" (?:xe tải|xe|tải trọng|trọng tải|nặng|tấn|khối lượng|sản lượng|trên|dưới|cẩu|chở|từ|đến|quá)"
    r"(?: (?:trên|dưới|từ|khoảng|đến|quá))?$"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a number of months or of tonnes, where the words before it or a decimal comma tell which."""
    found = _COUNTED.match(scan.text, position)
    if not found:
        return None
    before = scan.before(position)
    if "," not in found["number"] and _MONTHS.search(before):
        unit = "tháng"
    elif "," in found["number"] or _TONNES.search(before):
        unit = "tấn"
    else:
        return None
    low = f"{number(found['low'])} đến " if found["low"] else ""
    return Claim(found.end(), f"{low}{number(found['number'])} {unit}")


RULE = Rule(
    "capital_t",
    DIGIT,
    match,
    (
        ("tiền gửi kỳ hạn 9T", "tiền gửi kỳ hạn chín tháng"),
        ("cấm xe tải 2,5T", "cấm xe tải hai phẩy năm tấn"),
    ),
)
