"""Acronyms nobody listed: said as a word when they can be, else letter by letter, and noted.

`YAGI` yagi, `XYZT` ích y dét tê, `FaceTime` face time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import L, UPPER_LETTERS, spell
from audio.reading.model import UPPER, Claim, LOWER, Note, Rule
from audio.reading.syllables import is_sayable

if TYPE_CHECKING:
    from audio.reading.model import Scan

_WORD = re.compile(f"{L}+")
_PART = re.compile(f"[{UPPER_LETTERS}]+(?=[{UPPER_LETTERS}]|$)|{L}[^{UPPER_LETTERS}]*|{L}+")


def _part(part: str) -> str:
    """Say one part of a word of mixed case."""
    return spell(part) if part.isupper() else part.lower()


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a word of capitals or of mixed case."""
    found = _WORD.match(scan.text, position)
    if not found or len(found.group()) == 1 or found.group()[1:].islower():
        return None
    word = found.group()
    note = Note("unknown_abbreviation", position, found.end())
    if word.isupper():
        return Claim(found.end(), word.capitalize() if is_sayable(word) else spell(word), notes=(note,))
    return Claim(found.end(), " ".join(map(_part, _PART.findall(word))), notes=(note,))


RULE = Rule(
    "acronym", UPPER + LOWER, match, (("bão YAGI", "bão Yagi"), ("chuẩn XQZT", "chuẩn ích quy dét tê"))
)
