"""Standards with their year: `ISO 9001:2015` chín nghìn không trăm linh một, năm hai nghìn…."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.calendar_words import year
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import integer

if TYPE_CHECKING:
    from audio.reading.model import Scan

_STANDARD = re.compile(r"(?P<number>\d{1,5})(?:-(?P<part>\d{1,2}))?:(?P<year>(?:19|20)\d\d)(?!\d)")
_LEAD = re.compile(
    r" (?:(?:tcvn|qcvn|tcxdvn|tcxd|tccs|qcđp|iso|iec|ohsas|iatf|astm|en|bs)(?:/[a-z]{2,5})?(?: iso| iec)?|"
    r"tiêu chuẩn việt nam|quy chuẩn việt nam|tiêu chuẩn|quy chuẩn)(?: số)?[ -]?$"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim the number of a standard and the year behind its colon."""
    found = _STANDARD.match(scan.text, position)
    if not found or not _LEAD.search(scan.before(position)):
        return None
    part = f" {integer(found['part'])}" if found["part"] else ""
    return Claim(found.end(), f"{integer(found['number'])}{part}, {year(found['year'])}")


RULE = Rule(
    "standard",
    DIGIT,
    match,
    (
        (
            "theo TCVN 9411:2012",
            "theo Tiêu chuẩn Việt Nam chín nghìn bốn trăm mười một, năm hai nghìn không trăm mười hai",
        ),
        ("đạt ISO 22000:2018", "đạt i sô hai mươi hai nghìn, năm hai nghìn không trăm mười tám"),
    ),
    behind=":-",
)
