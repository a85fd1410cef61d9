"""Temperatures and numbers below zero: `38°C`, `-2°C`, `giảm xuống -3 độ`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, NOT_WORD
from audio.reading.measures import DEGREES
from audio.reading.model import DIGIT, SYMBOL, Claim, Rule
from audio.reading.numbers import NUMBER, number
from audio.reading.rules.enumerations import starts_line
from audio.reading.rules.quantities import matcher
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_MINUS = re.compile(rf"{DASH}(?P<number>{NUMBER})(?!\s?/)")
_PLACE = re.compile(rf"(?P<number>\d{{1,3}}[.,]\d{{1,2}})\s?°?\s?(?P<side>[NE]){NOT_WORD}")
_SIDES = {"N": "độ vĩ Bắc", "E": "độ kinh Đông"}
_ASKED = re.compile(rf"(?:\s?(?:đến|tới|{DASH})\s?{DASH}?\d{{1,3}})?\s?(?:°|o[CF]|độ)")
_LOWERED = re.compile(r"\s?(?:%|đ(?!\w)|₫|k\b|tr|nghìn|triệu|tỷ|điểm|kg|g\b|m\b|cm)")
_PERCENT = re.compile(r"\s?[%‰]")
_ALONE = re.compile(r"\s?[%‰][ \t.,;]*(?:\n|\Z)")
_LEADS = endings("dưới|xuống|còn|từ|đến|tới|mức|âm|là|khoảng|gần|trên|nhiệt|độ|trưởng")
_with_sign = matcher(DEGREES)


def _below_zero(scan: Scan, position: int, end: int) -> Claim | None:
    """Claim a minus sign and its number, where words or a sign for degrees ask for it."""
    if scan.text[position - 1 : position] == "(" and _LOWERED.match(scan.text, end):
        return Claim(position + 1, "trừ")
    percent = _PERCENT.match(scan.text, end) and (
        not starts_line(scan.text, position) or _ALONE.match(scan.text, end) is not None
    )
    if not (percent or _ASKED.match(scan.text, end) or scan.before(position).endswith(_LEADS)):
        return None
    if warm := _with_sign(scan, position + 1):
        return Claim(warm.end, f"âm {warm.spoken}")
    return Claim(end, f"âm {number(scan.text[position + 1 : end])}")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim degrees, or a minus sign and its number."""
    if place := _PLACE.match(scan.text, position):
        return Claim(place.end(), f"{number(place['number'])} {_SIDES[place['side']]}")
    found = _MINUS.match(scan.text, position)
    if not found:
        return _with_sign(scan, position) if scan.text[position].isdigit() else None
    grown = scan.text[position - 1 : position].strip(" \n(")
    return None if grown else _below_zero(scan, position, found.end())


RULE = Rule(
    "degree",
    DIGIT + SYMBOL,
    match,
    (("sốt 38,5°C", "sốt ba mươi tám phẩy năm độ xê"), ("dưới -2°C", "dưới âm hai độ xê")),
    signs=DASHES,
)
