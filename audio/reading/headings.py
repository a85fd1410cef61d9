"""Stretches of capitals: in `BÁO CÁO KẾT QUẢ` the words are words, not abbreviations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audio.reading.alphabet import NOT_WORD, UPPER_LETTERS, has_tone
from audio.reading.syllables import is_syllable

_CAPITALS = f"[{UPPER_LETTERS}]++{NOT_WORD}"
_RUN = re.compile(rf"{_CAPITALS}(?:[ ,:&./\"“”()–-]{{1,4}}{_CAPITALS})*+")
_WORD = re.compile(f"[{UPPER_LETTERS}]+")
_ENOUGH = 3


@dataclass(slots=True)
class Headings:
    """Remembers the last stretch looked at, so that a text is looked through once."""

    start: int = 0
    end: int = 0
    spoken_as_words: bool = False

    def covers(self, text: str, position: int) -> bool:
        """Tell whether the stretch of capitals around a place is made of words."""
        if not self.start <= position < self.end:
            run = _RUN.match(text, position)
            self.start, self.end = position, run.end() if run else position + 1
            self.spoken_as_words = run is not None and _are_words(run.group())
        return self.spoken_as_words


def _are_words(run: str) -> bool:
    """Tell whether several capitals side by side are words: one carries a tone, or most are syllables."""
    words = _WORD.findall(run)
    long = [word for word in words if len(word) > 1]
    return any(map(has_tone, long)) or sum(map(is_syllable, long)) >= _ENOUGH
