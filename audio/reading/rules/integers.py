"""Whole and decimal numbers that no other class took.

`1.021` một nghìn không trăm hai mươi mốt, `05` năm, `76,5` bảy mươi sáu phẩy năm.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, digits, integer, number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_NUMBER = re.compile(NUMBER)
_CODE = re.compile(r"0\d{3,}")
_CLAUSE = re.compile(r"\d+\.\d+")
_DEEP = re.compile(r"\d{1,3}(?:\.\d{1,2}){2,6}(?![.,]?\d)|\d{1,3}(?:\.\d{1,3}){3}(?![.,]?\d)")
_CLAUSE_LEAD = re.compile(
    r" (?:điều|khoản|mục|điểm|phần|bảng|hình|tiêu chí|chỉ tiêu|tiểu mục|biểu|câu|"
    r"phụ lục|chương|tiết|bài|phiên bản|nhánh|mẫu)$"
)
_LEAD = re.compile(r" (?:thứ|tháng)$")
_ORDINALS = {"1": "nhất", "4": "tư", "04": "tư"}


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a number."""
    if (deep := _DEEP.match(scan.text, position)) and not _NUMBER.fullmatch(deep.group()):
        return Claim(deep.end(), " chấm ".join(map(integer, deep.group().split("."))))
    found = _NUMBER.match(scan.text, position)
    if not found:
        return None
    written = found.group()
    if written in _ORDINALS and (lead := _LEAD.search(scan.before(position))):
        return Claim(
            found.end(), "một" if written == "1" and lead.group() == " tháng" else _ORDINALS[written]
        )
    if _CLAUSE.fullmatch(written) and _CLAUSE_LEAD.search(scan.before(position)):
        return Claim(found.end(), " chấm ".join(map(integer, written.split("."))))
    return Claim(found.end(), digits(written) if _CODE.fullmatch(written) else number(written))


RULE = Rule(
    "number",
    DIGIT,
    match,
    (("có 1.021 hộ", "có một nghìn không trăm hai mươi mốt hộ"), ("76,5 tuổi", "bảy mươi sáu phẩy năm tuổi")),
)
