"""Acronyms nobody listed: said as a word when they can be, else letter by letter, and noted.

`YAGI` yagi, `XYZT` ích y dét tê, `FaceTime` face time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import UPPER_LETTERS, VOWELS, L, spell
from audio.reading.model import LOWER, UPPER, Claim, Note, Rule
from audio.reading.syllables import is_sayable

if TYPE_CHECKING:
    from audio.reading.model import Scan

_WORD = re.compile(f"{L}+")
_PART = re.compile(f"[{UPPER_LETTERS}]+(?=[{UPPER_LETTERS}]|$)|{L}[^{UPPER_LETTERS}]*|{L}+")


def _part(scan: Scan, part: str) -> str:
    """Say one part of a word of mixed case: as the lexicon does, as a word, or letter by letter."""
    for form in (part, part.lower()):
        if form in scan.lexicon.entries:
            return scan.lexicon.entries[form]
    silent = not any(letter in VOWELS for letter in part.lower())
    return spell(part) if part.isupper() or len(part) == 1 or silent else part.lower()


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a word of capitals or of mixed case."""
    found = _WORD.match(scan.text, position)
    if not found or len(found.group()) == 1 or found.group()[1:].islower():
        return None
    word = found.group()
    note = Note("unknown_abbreviation", position, found.end())
    if word.isupper():
        return Claim(found.end(), word.capitalize() if is_sayable(word) else spell(word), notes=(note,))
    parts = (_part(scan, part) for part in _PART.findall(word))
    return Claim(found.end(), " ".join(parts), notes=(note,))


RULE = Rule(
    "acronym", UPPER + LOWER, match, (("bão YAGI", "bão Yagi"), ("chuẩn XQZT", "chuẩn ích quy dét tê"))
)
