"""Scores and ratios: `thua với tỷ số 2-4` hai bốn, `tỷ lệ 1:500` một trên năm trăm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, NOT_WORD
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_PAIR = re.compile(rf"(?P<a>{NUMBER})(?P<sign>\s?{DASH}\s?|:)(?P<b>{NUMBER}){NOT_WORD}(?!\s?%)")
_CHAIN = re.compile(rf"\d{{1,3}}(?:{DASH}\d{{1,3}}){{2,9}}{NOT_WORD}(?![.,/]\d)")
GAME = re.compile(
    r" (?:tỷ số|tỉ số|thắng|thua|hòa|hoà|dẫn|kết quả|dẫn trước|chung cuộc|trận|chung kết|bán kết|"
    r"bóng|cầu lông|cờ|quần vợt|hiệp|set|ván)"
    r"(?: \S+){0,4}$"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a score or a ratio."""
    if chain := _CHAIN.match(scan.text, position):
        return Claim(chain.end(), ", ".join(map(number, re.findall(r"\d+", chain.group()))))
    found = _PAIR.match(scan.text, position)
    if not found:
        return None
    said = number(found["a"]), number(found["b"])
    if GAME.search(scan.before(position)):
        return Claim(found.end(), " ".join(said))
    return Claim(found.end(), " trên ".join(said)) if found["sign"] == ":" else None


RULE = Rule(
    "score",
    DIGIT,
    match,
    (("thua với tỷ số 2-4", "thua với tỷ số hai bốn"), ("tỷ lệ 1:500", "tỷ lệ một trên năm trăm")),
    behind=": ,." + DASHES,
)
