"""One place of a text, said otherwise than by the rules: found again by what stands around it, or not at all.

A place is a span's written form with two words before and after it, and its number among those that
look alike. It is the same place only while as many look alike: it never slides to another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS
from audio.reading.cleaning import clean
from audio.reading.model import Reading
from audio.reading.report import put_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audio.reading.model import Span, Warning_

RULE = "placed"
WINDOW = 48
_WORDS = 2
_PLAIN = re.compile(f"[{LETTERS}0-9 .,:;/%()+-]*")
_EDGES = " \n.,;:?!"
_SETTLED = frozenset({"ambiguous", "unknown_abbreviation"})


@dataclass(frozen=True, slots=True)
class Place:
    """A written form between `before` and `after`, the `nth` of the `of` that look alike (from 1)."""

    written: str
    before: str
    after: str
    nth: int
    of: int


def form_of(written: str) -> str:
    """Give a span's written form on one line, without the marks of a format around it."""
    return working_form(written.strip("*_#`\n "))


def working_form(written: str) -> str:
    """Give a form as rules meet it in a text: on one line, no invisible signs, look-alikes folded."""
    form = _folded(written)
    if _PLAIN.fullmatch(form):
        return form
    return _folded(clean(f"a {form} a").text.removeprefix("a ").removesuffix(" a"))


def places(reading: Reading) -> Iterator[Place]:
    """Give the place of every span, in order."""
    looks = [_look(reading.text, span) for span in reading.spans]
    alike, seen = Counter(looks), Counter[tuple[str, str, str]]()
    for look in looks:
        seen[look] += 1
        yield Place(*look, seen[look], alike[look])


def amended(reading: Reading, said: Mapping[Place, str]) -> Reading:
    """Put words (that a voice can say) in the places that are found; the others change nothing."""
    if not said:
        return reading
    pairs = zip(reading.spans, places(reading), strict=True)
    spans = tuple(_said(span, said[place]) if place in said else span for span, place in pairs)
    placed = [span for span in spans if span.rule == RULE]
    warnings = tuple(w for w in reading.warnings if not _is_settled(w, placed))
    return Reading(reading.text, "".join(put_in(reading.text, spans)), spans, warnings)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _look(text: str, span: Span) -> tuple[str, str, str]:
    """Give what tells a place from another: form, and what stands before and after it."""
    before = _folded(text[max(0, span.start - WINDOW) : span.start]).split(" ")[-_WORDS:]
    after = _folded(text[span.end : span.end + WINDOW]).split(" ")[:_WORDS]
    return form_of(span.written), " ".join(before), " ".join(after)


def _said(span: Span, words: str) -> Span:
    """Say a span with other words, between the pauses it has."""
    opening = len(span.spoken) - len(span.spoken.lstrip(_EDGES))
    closing = len(span.spoken.rstrip(_EDGES))
    return replace(span, spoken=span.spoken[:opening] + words + span.spoken[closing:], rule=RULE)


def _is_settled(warning: Warning_, placed: list[Span]) -> bool:
    """Tell whether a question was answered by saying its place otherwise."""
    return warning.code in _SETTLED and any(s.start <= warning.start < s.end for s in placed)
