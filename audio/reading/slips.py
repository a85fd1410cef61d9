"""Slips of scanners and hands: `phân đấu` for `phấn đấu`. They are shown to the editor, never changed."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS
from audio.reading.model import Note
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DATA = Path(__file__).with_name("slips.tsv")
_BLANK, _GAP = re.escape(" "), r"\s{1,3}"


@lru_cache(maxsize=1)
def _meant() -> Mapping[str, str]:
    """Load the known slips and what was most likely meant."""
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Make one pattern of all known slips, their first letter in either case."""
    forms = sorted(_meant(), key=len, reverse=True)
    cased = (f"[{form[0]}{form[0].upper()}]{re.escape(form[1:]).replace(_BLANK, _GAP)}" for form in forms)
    return re.compile(f"(?<![{LETTERS}])(?:{'|'.join(cased)})(?![{LETTERS}])")


def known(text: str) -> Iterator[Note]:
    """Find the known slips of a working text, also where a line or a page ends in them."""
    for found in _pattern().finditer(text):
        written = found.group()
        meant = _meant()[" ".join((written[0].lower() + written[1:]).split())]
        choice = meant if written[0].islower() else meant[0].upper() + meant[1:]
        yield Note("ocr_slip", *found.span(), (choice,))


def is_slip(word: str) -> bool:
    """Tell whether a word in small letters has Vietnamese marks but is no Vietnamese syllable."""
    return not word.isascii() and word.islower() and not is_syllable(word)
