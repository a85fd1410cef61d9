"""Words in capitals, as in headings: said as words.

`KÍNH MỜI TOÀN THỂ` kính mời toàn thể; `HỌP` in the middle of a sentence is a word too, for it carries a tone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD, UPPER_LETTERS, VOWELS, has_tone
from audio.reading.model import UPPER, Claim, Rule
from audio.reading.rules.letters import NAMED
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from audio.reading.model import Scan

_WORD = re.compile(f"[{UPPER_LETTERS}]++{NOT_WORD}")
_LONE = re.compile(f"[{UPPER_LETTERS}](?! ?[{UPPER_LETTERS}])")
_ROMAN = frozenset("IVXLCDM")
_AMID = re.compile(f"[{UPPER_LETTERS}0-9] \\Z")
_SURE = 3


def _is_word(scan: Scan, position: int, word: str) -> bool:
    """Tell whether one run of capitals is a word."""
    if len(word) == 1:
        return word.lower() in VOWELS and word not in _ROMAN and scan.in_heading(position)
    if has_tone(word):
        return True
    return is_syllable(word) and (len(word) >= _SURE or scan.in_heading(position))


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a word in capitals and those that follow it."""
    end = position
    text = scan.text
    if _LONE.match(text, position):
        return None
    scan.in_heading(position)
    while (found := _WORD.match(text, end)) and _is_word(scan, end, found.group()):
        if end > position and (set(found.group()) <= _ROMAN or found.group() in scan.lexicon.entries):
            break
        stop = found.end()
        end = stop + 1
        if text[stop : stop + 1] != " ":
            break
    if end == position:
        return None
    said = text[position : min(end, len(text))].rstrip()
    said = said if said[-1] in UPPER_LETTERS else said[:-1]
    if _AMID.search(text, max(0, position - 2), position):
        return Claim(position + len(said), said.lower())
    named = said[0] in NAMED and said[1:2] in {"", " "}
    return Claim(position + len(said), said.lower() if named or len(said) == 1 else said.capitalize())


RULE = Rule(
    "capitals",
    UPPER,
    match,
    (("KÍNH MỜI TOÀN THỂ", "Kính mời toàn thể"), ("mời HỌP ngay", "mời Họp ngay")),
)
