"""Letters and digits grown together: `N2C`, `4A1`, `5G`, `H5N1`, `PM2.5`, `CT3`, `QL1A`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import VOWELS, L, spell
from audio.reading.model import DIGIT, LOWER, UPPER, Claim, Rule
from audio.reading.numbers import cardinal, digits
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from audio.reading.model import Scan

_CODE = re.compile(rf"(?:{L}++(?:-?\d|(?<=[A-Z])\.\d)|\d++{L})(?:{L}|\d|\.(?=\d)|-(?=\d))*+")
_PART = re.compile(rf"(?P<letters>{L}+)|(?P<digits>\d+)|(?P<point>[.-])")
_LONGEST_NUMBER = 4
_SHORT = 3
_SILENT = re.compile(f"[^{VOWELS}{VOWELS.upper()}]+")
_ROADS = {"QL": "quốc lộ", "TL": "tỉnh lộ", "ĐT": "đường tỉnh", "HL": "hương lộ", "ĐH": "đường huyện"}

_ROAD = re.compile(rf"(?:{'|'.join(_ROADS)})\d")
_OXYGEN = re.compile(r"\bo\b")


def _letters(scan: Scan, part: str) -> str:
    """Say the letters of a code: a known form, a Vietnamese word in lower case, else by name."""
    if part in _ROADS:
        return _ROADS[part]
    if len(part) >= _SHORT and part in scan.lexicon.entries:
        return scan.lexicon.entries[part]
    if len(part) > 1 and is_syllable(part) and not part.isupper():
        return part.lower()
    if len(part) > _SHORT and not part.isupper() and not _SILENT.fullmatch(part):
        return part if part[1:].islower() else part.lower()
    return _OXYGEN.sub("ô", spell(part))


def _digits(part: str) -> str:
    """Say the digits of a code: short ones as a number, long ones or those led by zero one by one."""
    return digits(part) if part[0] == "0" or len(part) > _LONGEST_NUMBER else cardinal(int(part))


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a code."""
    found = _CODE.match(scan.text, position)
    if not found:
        return None
    said: list[str] = []
    for part in _PART.finditer(found.group()):
        if part["letters"]:
            said.append(_letters(scan, part["letters"]))
        elif part["digits"]:
            said.append(_digits(part["digits"]))
        elif part["point"] == ".":
            said.append("chấm")
    if _ROAD.match(found.group()) and scan.before(position).endswith(f" {said[0]}"):
        del said[0]
    return Claim(found.end(), " ".join(said))


RULE = Rule(
    "code",
    DIGIT + UPPER + LOWER,
    match,
    (("nhà N2C", "nhà nờ hai xê"), ("lớp 4A1", "lớp bốn a một"), ("cúm H5N1", "cúm hát năm nờ một")),
    behind="a",
)
