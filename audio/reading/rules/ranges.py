"""Ranges: `7,5 - 8,0%`, `2,1 - 3 triệu m³/năm`, `cấp 8-9`; a falling pair without a measure is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, L
from audio.reading.measures import ALL, SCALES, alternatives, per, tail_pattern
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, number, value

if TYPE_CHECKING:
    from audio.reading.model import Scan

_NEXT = rf"\s?(?P<joint>{DASH}|÷|~)\s?"
_RANGE = re.compile(
    rf"(?P<low>{NUMBER})(?:\s?(?P<first>{alternatives(ALL)}))?(?P<lowscale>\s(?:{SCALES}))?{_NEXT}(?P<high>{NUMBER})"
    rf"(?![{DASH[1:-1]}/]\d)"
)
_MEASURES = {**ALL, "k": "nghìn đồng"}
_TAIL = re.compile(tail_pattern(_MEASURES))
_SIDES = ("°N", "°E")
_GROWN = re.compile(f"{L}")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim two numbers with a dash between them, and the measure of both."""
    found = _RANGE.match(scan.text, position)
    if not found:
        return None
    if found["joint"] == "÷" and value(found["low"]) >= value(found["high"]):
        return None
    tail = _TAIL.match(scan.text, found.end())
    if not tail and _GROWN.match(scan.text, found.end()):
        return None
    if not (tail or found["first"]) and value(found["low"]) >= value(found["high"]):
        return Claim(found.end(), f"{number(found['low'])}, {number(found['high'])}")
    first = f" {ALL[found['first']]}" if found["first"] else ""
    joint = "," if found["first"] in _SIDES else " đến"
    words = f"{number(found['low'])}{first}{found['lowscale'] or ''}{joint} {number(found['high'])}"
    if not tail:
        return Claim(found.end(), words)
    end, rate = per(scan.text, tail.end())
    return Claim(end, f"{words}{tail['scale'] or ''} {_MEASURES[tail['measure']]}{rate}")


RULE = Rule(
    "range",
    DIGIT,
    match,
    (
        ("đạt 7,5 - 8,0%", "đạt bảy phẩy năm đến tám phẩy không phần trăm"),
        ("gió cấp 8-9", "gió cấp tám đến chín"),
        ("từ 3 - 5 trường", "từ ba đến năm trường"),
    ),
)
