"""From a walk's pieces to spans and warnings in offsets of the text as given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.reading.long_breaths import with_commas
from audio.reading.model import Reading, Span, Warning_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audio.reading.cleaning import Draft
    from audio.reading.engine import Piece, Walk
    from audio.reading.model import Note

_TOKEN = re.compile(r"\S+|\s+")
_BROKEN = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ufffc-\\uffff\\ud800-\\udfff]+")
_WEAK = frozenset({"clean", "pause"})


@dataclass(slots=True)
class _Unit:
    """A stretch of the text as given and the words in its place."""

    start: int
    end: int
    spoken: str
    rule: str


def _kept(given: str, draft: Draft, start: int, end: int) -> Iterator[_Unit]:
    """Give what stays between two pieces: whole, or word by word where clean-up has touched it."""
    if start == end:
        return
    whole = _Unit(draft.starts[start], draft.ends[end - 1], draft.text[start:end], "clean")
    if given[whole.start : whole.end] == whole.spoken:
        yield whole
        return
    for token in _TOKEN.finditer(draft.text, start, end):
        first, last = draft.starts[token.start()], draft.ends[token.end() - 1]
        yield _Unit(first, last, token.group(), "clean")


def _tiles(given: str, draft: Draft, pieces: Iterable[Piece]) -> Iterator[_Unit]:
    """Give pieces and what stays between them, in order."""
    done = 0
    for piece in pieces:
        yield from _kept(given, draft, done, piece.start)
        yield _Unit(draft.starts[piece.start], draft.ends[piece.end - 1], piece.spoken, piece.rule)
        done = piece.end
    yield from _kept(given, draft, done, len(draft.text))


def _covering(tiles: Iterable[_Unit], length: int) -> Iterator[_Unit]:
    """Join tiles that share a character as given, and put an empty one where everything was dropped."""
    last = _Unit(0, 0, "", "clean")
    for tile in tiles:
        if tile.start < last.end:
            last.end = max(last.end, tile.end)
            last.spoken += tile.spoken
            last.rule = tile.rule if last.rule in _WEAK else last.rule
            continue
        yield last
        if tile.start > last.end:
            yield _Unit(last.end, tile.start, "", "clean")
        last = tile
    yield last
    yield _Unit(last.end, length, "", "clean")


def _spans(given: str, draft: Draft, pieces: list[Piece]) -> Iterator[Span]:
    """Give a span for every piece that changed."""
    units: Iterable[_Unit] = (_Unit(p.start, p.end, p.spoken, p.rule) for p in pieces)
    if not draft.same:
        units = _covering(_tiles(given, draft, pieces), len(given))
    for unit in units:
        written = given[unit.start : unit.end]
        if written != unit.spoken:
            yield Span(unit.start, unit.end, written, unit.spoken, unit.rule)


def _warning(given: str, draft: Draft, note: Note) -> Warning_:
    """Put a note into offsets of the text as given."""
    start, end = draft.starts[note.start], draft.ends[note.end - 1]
    written = given[start:end]
    key = f"reading.{note.code}"
    return Warning_(note.code, start, end, written, key, (("written", written),), note.choices)


def _broken(match: re.Match[str]) -> Warning_:
    """Warn of bytes that are no text, which are left out."""
    params = (("written", match.group()),)
    return Warning_("unreadable", *match.span(), match.group(), "reading.unreadable", params)


def put_in(given: str, spans: Iterable[Span]) -> Iterator[str]:
    """Put the spans' words into the text."""
    done = 0
    for span in spans:
        yield given[done : span.start]
        yield span.spoken
        done = span.end
    yield given[done:]


def report(given: str, draft: Draft, walk: Walk) -> Reading:
    """Make the reading of a finished walk."""
    plain = tuple(_spans(given, draft, walk.pieces))
    spans = tuple(with_commas(plain, "".join(put_in(given, plain))))
    said = "".join(put_in(given, spans))
    warnings = [_warning(given, draft, note) for note in sorted(walk.notes, key=lambda note: note.start)]
    broken = [_broken(match) for match in _BROKEN.finditer(given)]
    if broken:
        warnings = sorted([*warnings, *broken], key=lambda warning: warning.start)
    if not said:
        warnings.append(Warning_("empty", 0, len(given), given, "reading.empty"))
    return Reading(given, said, spans, tuple(warnings))
