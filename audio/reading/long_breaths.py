"""Commas for stretches too long for one breath: none of more than LONGEST syllables is left without a mark.

They stand where a speaker would breathe: before `và`, `để`, `theo`, `tại` and the like, else between words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from audio.reading.breaths import LONGEST, places_of
from audio.reading.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STRETCH = re.compile(rf"[^.,;:?!]{{{2 * LONGEST},}}")


def _places(said: str) -> Iterator[int]:
    """Give the offsets of the blanks that get a comma before them."""
    for stretch in _STRETCH.finditer(said):
        start = stretch.start() + (stretch.group()[0] == " ")
        if said.count(" ", start, stretch.end()) >= LONGEST:
            yield from (place - 1 for place in places_of(said, start, stretch.end())[1:-1])


def with_commas(spans: Iterable[Span], said: str) -> Iterator[Span]:
    """Put commas into the spans of a reading, and new spans where a blank of the text gets one."""
    places, shift = list(_places(said)), 0
    places.reverse()
    for span in spans:
        first = span.start + shift
        while places and places[-1] < first:
            yield _comma(places.pop() - shift)
        spoken, last = span.spoken, first + len(span.spoken)
        inside = []
        while places and places[-1] < last:
            inside.append(places.pop() - first)
        for place in reversed(inside):
            spoken = f"{spoken[:place]},{spoken[place:]}"
        yield replace(span, spoken=spoken) if inside else span
        shift += len(span.spoken) - len(span.written)
    yield from (_comma(place - shift) for place in reversed(places))


def _comma(place: int) -> Span:
    """Give a blank of the text with a comma before it."""
    return Span(place, place + 1, " ", ", ", "pause")
