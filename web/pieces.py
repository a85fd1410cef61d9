"""What is said, cut into pieces: as written, changed for a reason, or left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from audio import lexicon
from audio.reading import Reading, Span, places
from audio.reading.places import Place
from content.errors import InvalidInputError
from web.reading_words import why

_NO_WORDS = frozenset({"clean", "pause", "word"})
_QUIET = frozenset({"clean", "pause"})
_PAUSES = ("P", "Z")
_NO_SHAPE = "\ufffd"


@dataclass(frozen=True)
class Piece:
    """A stretch of what is said: as written when `why` is empty, else changed for that reason.

    A quiet one is a pause or a mark of a format: told to who points at it, but no place to stop at.
    """

    said: str
    written: str = ""
    start: int = 0
    end: int = 0
    why: str = ""
    correctable: bool = False
    place: Place | None = None
    is_placed: bool = False
    is_quiet: bool = False

    @property
    def trailing(self) -> str:
        """The blank that follows the words."""
        return " " if self.said.endswith((" ", "\n")) else ""


def cut(reading: Reading, stood: Sequence[Place], corrected: Container[str]) -> Iterator[Piece]:
    """Give the pieces of a reading, its spans standing at `stood`; `corrected` are the author's own forms."""
    text, done = reading.text, 0
    for span, place in zip(reading.spans, stood, strict=True):
        if done < span.start:
            yield Piece(text[done : span.start])
        yield _changed(span, place, corrected)
        done = span.end
    if done < len(text):
        yield Piece(text[done:])


def _changed(span: Span, place: Place, corrected: Container[str]) -> Piece:
    if not span.spoken.strip() and not _is_missed(span, place):
        return Piece(span.spoken)
    is_placed = span.rule == places.RULE
    ours = place.written in corrected and not is_placed
    correctable = span.rule not in _NO_WORDS and is_form(place.written)
    shown = place.written or span.written.strip()
    return Piece(
        span.spoken,
        shown if correctable else _visible(shown),
        span.start,
        span.end,
        why("corrected" if ours else span.rule),
        correctable=correctable,
        place=place,
        is_placed=is_placed,
        is_quiet=span.rule in _QUIET,
    )


def _is_missed(span: Span, place: Place) -> bool:
    """Tell whether more was left out than signs of a pause or marks of a format."""
    kinds = {unicodedata.category(sign)[0] for sign in place.written}
    return bool(kinds.difference(_PAUSES) if span.rule == "pause" else kinds)


def _visible(written: str) -> str:
    """Put a sign that can be seen in place of what has no shape."""
    return "".join(sign if sign.isprintable() else _NO_SHAPE for sign in written)


def is_form(written: str) -> bool:
    """Tell whether a piece is written as the lexicon and the author's answers keep forms."""
    try:
        return lexicon.checked_form(written) == written
    except InvalidInputError:
        return False
