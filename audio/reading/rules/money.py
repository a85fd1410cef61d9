"""Sums of money: `25.000đ`, `1,5 triệu VNĐ`, `$100`, and `70k` for thousands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.measures import MONEY
from audio.reading.model import DIGIT, SYMBOL, UPPER, Claim, Rule
from audio.reading.numbers import NUMBER, number, value
from audio.reading.rules.quantities import matcher

if TYPE_CHECKING:
    from audio.reading.model import Scan

_SHORT = re.compile(r"(?P<number>\d{2,5})(?P<sign>[kK])" + NOT_WORD)
_CUT = re.compile(rf"(?P<millions>\d{{1,3}})tr(?P<rest>\d){NOT_WORD}")
_CAPITAL = re.compile(rf"(?P<number>\d{{1,3}}(?:\.\d{{3}})+)\s?Đ{NOT_WORD}")
_DOLLARS = re.compile(rf"(?:US)?(?P<sign>[$€£¥₩฿])\s?(?P<number>{NUMBER})(?P<scale>\s(?:triệu|tỷ|nghìn))?")
_SMALLEST_SHORT = 10
_LARGEST_SHORT = 100_000
_with_sign = matcher(MONEY)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a sum of money."""
    text = scan.text
    if found := _DOLLARS.match(text, position):
        return Claim(found.end(), f"{number(found['number'])}{found['scale'] or ''} {MONEY[found['sign']]}")
    if not text[position].isdigit():
        return None
    if (found := _SHORT.match(text, position)) and _SMALLEST_SHORT <= value(found["number"]) < _LARGEST_SHORT:
        return Claim(found.end(), f"{number(found['number'])} nghìn đồng")
    if found := _CUT.match(text, position):
        return Claim(found.end(), f"{number(found['millions'])} triệu {number(found['rest'])}")
    if found := _CAPITAL.match(text, position):
        return Claim(found.end(), f"{number(found['number'])} đồng")
    return _with_sign(scan, position)


RULE = Rule(
    "money",
    DIGIT + SYMBOL + UPPER,
    match,
    (
        ("thu 25.000đ/tháng", "thu hai mươi lăm nghìn đồng trên tháng"),
        ("góp 70k", "góp bảy mươi nghìn đồng"),
        ("$100", "một trăm đô la Mỹ"),
    ),
    signs="$€£¥₩฿",
    behind="a₫$€£¥₩฿ ,.",
)
