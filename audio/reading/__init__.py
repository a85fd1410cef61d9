"""Official Vietnamese as it is read aloud: text to spoken words, with the way back to every written piece.

`read(text)` gives a `Reading`; `spoken(text)` only its words; `sentences(spoken)` the pieces a voice says one
by one. Nothing here raises on any text: what cannot be said is left out and stands in the warnings.
"""

from __future__ import annotations

from audio.reading.breaths import sentences
from audio.reading.cleaning import clean
from audio.reading.engine import Walk
from audio.reading.lexicon import Lexicon
from audio.reading.model import Reading, Span, Warning_
from audio.reading.report import report

__all__ = ["Lexicon", "Reading", "Span", "Warning_", "read", "sentences", "spoken"]


def read(text: str, lexicon: Lexicon | None = None) -> Reading:
    """Read a text with the shipped lexicon or another one."""
    draft = clean(text)
    walk = Walk(draft.text, lexicon or Lexicon.shipped())
    walk.run()
    return report(text, draft, walk)


def spoken(text: str) -> str:
    """Give the words of a text as they will be said, with the shipped lexicon."""
    return read(text).spoken
