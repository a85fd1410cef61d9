"""A dash between two of a kind, said đến: `thứ 2 - thứ 6`, `từ tổ 1 - tổ 5`, `quý I - quý III`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES
from audio.reading.model import SYMBOL, Claim, Rule
from audio.reading.rules.scores import GAME

if TYPE_CHECKING:
    from audio.reading.model import Scan

_SURE = "nv|thứ|tháng|quý|điều|khoản|mùng|mồng|tiết|chương"
_LED = "tổ dân phố|tổ|tdp|lớp|tầng|cấp|mức|ngõ|số nhà|số|khối|bậc|đợt|ngày|nhà|km|cột|bài|trang|hạng|tuần"
_LEFT = re.compile(rf" (?P<sure>{_SURE}) ?\S{{1,10}}$| từ (?P<led>{_LED}) ?\S{{1,10}}$")
_DASHED = re.compile(rf"{DASH}\s?")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim the dash between the first and the last of a row."""
    dashed = _DASHED.match(scan.text, position)
    if not dashed:
        return None
    before = scan.before(position)
    left = _LEFT.search(before)
    if not left or GAME.search(before):
        return None
    kind = left["sure"] or left["led"]
    if not re.match(
        rf"(?:{kind}) ?\S" + ("|chủ nhật|cn\\b" if kind == "thứ" else ""), scan.after(dashed.end())
    ):
        return None
    return Claim(dashed.end(), "đến")


RULE = Rule(
    "row",
    SYMBOL,
    match,
    (
        ("thứ 2 - thứ 6", "thứ hai đến thứ sáu"),
        ("từ tổ 1 - tổ 5", "từ tổ một đến tổ năm"),
    ),
    signs=DASHES,
)
