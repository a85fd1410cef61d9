"""Licence plates: `30F-678.90` ba mươi ép sáu bảy tám chín không, `29-B1 123.45`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD, spell
from audio.reading.model import DIGIT, UPPER, Claim, Note, Rule
from audio.reading.numbers import cardinal, digits

if TYPE_CHECKING:
    from audio.reading.model import Scan

_PLATE = re.compile(
    rf"(?P<place>\d\d)(?P<dash>[- ]?)(?P<series>[A-ZĐ]{{1,2}})(?P<step>\d?)(?P<sep>[-. –]{{0,3}})"
    rf"(?P<number>\d{{3}}[.,-]?\d\d|\d\d\.\d{{3}}|\d{{4,5}}){NOT_WORD}"
)
_MILITARY = re.compile(rf"(?P<series>[A-Z]{{2}})[- ]?(?P<number>\d\d-\d\d){NOT_WORD}")
_ASKED = re.compile(r" (?:biển|bks|đks|biển số|kiểm soát|biển kiểm soát|đăng ký|ô tô|mô tô|xe)(?: \S+){0,3}$")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a licence plate: by its dash and dot, or by a word for plate before it."""
    if military := _MILITARY.match(scan.text, position):
        if not _ASKED.search(scan.before(position)):
            return None
        said = f"{spell(military['series'])} {digits(military['number'])}"
        return Claim(military.end(), said, notes=(Note("personal_data", position, military.end()),))
    found = _PLATE.match(scan.text, position)
    if not found:
        return None
    shaped = "-" in found["sep"] or ("." in found["number"] and found["sep"] != "")
    if not shaped and not _ASKED.search(scan.before(position)):
        return None
    step = f" {digits(found['step'])}" if found["step"] else ""
    said = f"{cardinal(int(found['place']))} {spell(found['series'])}{step}, {digits(found['number'])}"
    return Claim(found.end(), said, notes=(Note("personal_data", position, found.end()),))


RULE = Rule(
    "plate",
    DIGIT + UPPER,
    match,
    (
        ("biển số 30F-678.90", "biển số ba mươi ép, sáu bảy tám chín không"),
        ("xe 29-B1 123.45", "xe hai mươi chín bê một, một hai ba bốn năm"),
    ),
    behind="a -",
)
