"""Times of a race, in minutes, seconds and parts: `1'52"30` một phút năm mươi hai giây ba mươi, `10"25`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import cardinal, digits

if TYPE_CHECKING:
    from audio.reading.model import Scan

_LAP = re.compile(
    rf"(?:(?P<m>\d{{1,3}})['’]\s?)?(?P<s>\d{{1,2}})(?:''|’’|[\"”″])(?P<part>\d{{1,2}})?{NOT_WORD}(?![.,]\d)"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim minutes and seconds, or seconds and their parts; a lone `5"` may be inches or a closing quote."""
    found = _LAP.match(scan.text, position)
    if not found or not (found["m"] or found["part"]):
        return None
    said = f"{cardinal(int(found['m']))} phút " if found["m"] else ""
    said += f"{cardinal(int(found['s']))} giây"
    if found["part"]:
        part = found["part"]
        said += f" {digits(part) if part[0] == '0' else cardinal(int(part))}"
    return Claim(found.end(), said)


RULE = Rule(
    "lap",
    DIGIT,
    match,
    (
        ("về nhất với 1'52\"30", "về nhất với một phút năm mươi hai giây ba mươi"),
        ('chạy 100m hết 11"08', "chạy một trăm mét hết mười một giây không tám"),
    ),
    behind="'’\"”″",
)
