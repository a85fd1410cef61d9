"""Sizes: `60x60cm` sáu mươi nhân sáu mươi xăng ti mét, `5 x 20 m`, and heights like `1m65`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.measures import UNITS, alternatives
from audio.reading.model import DIGIT, LOWER, Claim, Rule
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from audio.reading.model import Scan

_FACTOR = rf"{NUMBER}(?:\s?(?:{alternatives(UNITS)}))?"
_SIZE = re.compile(rf"{_FACTOR}(?:\s?[xX×*]\s?{_FACTOR}){{1,3}}{NOT_WORD}")
_PART = re.compile(rf"(?P<number>{NUMBER})(?:\s?(?P<unit>{alternatives(UNITS)}))?")
_TIMES = re.compile(r"x(?= \d| (?:cao|dài|rộng|sâu)\b)|(?<=[\d%²³đ₫)] )x(?= )")
_ROAD = re.compile(rf"(?P<km>\d{{1,3}})\s?km\s?(?P<rest>\d{{3}}){NOT_WORD}(?![.,]\d)")
_HEIGHT = re.compile(rf"(?P<metres>\d{{1,3}})\s?m\s?(?P<rest>\d{{1,2}}){NOT_WORD}(?!\s?[²³])")


def _factor(part: re.Match[str]) -> str:
    """Say one factor of a size."""
    unit = f" {UNITS[part['unit']]}" if part["unit"] else ""
    return number(part["number"]) + unit


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a size or a height."""
    if scan.text[position] == "x":
        times = _TIMES.match(scan.text, position)
        return Claim(times.end(), "nhân") if times and scan.text[position - 1 : position] == " " else None
    if found := _SIZE.match(scan.text, position):
        return Claim(found.end(), " nhân ".join(map(_factor, _PART.finditer(found.group()))))
    if road := _ROAD.match(scan.text, position):
        return Claim(road.end(), f"{number(road['km'])} ki lô mét {number(road['rest'])}")
    found = _HEIGHT.match(scan.text, position)
    if not found or found["rest"] in {"2", "3"}:
        return None
    return Claim(found.end(), f"{number(found['metres'])} mét {number(found['rest'])}")


RULE = Rule(
    "product",
    DIGIT + LOWER,
    match,
    (("gạch 60x60cm", "gạch sáu mươi nhân sáu mươi xăng ti mét"), ("cao 1m65", "cao một mét sáu mươi lăm")),
)
