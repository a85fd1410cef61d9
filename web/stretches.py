"""A text cut where its clip is cut: each stretch with the number of the sentence that says it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from audio.plain_text import sayable
from audio.reading import Reading
from audio.reading.breaths import breaths


class Stretch(NamedTuple):
    """Some text; `sentence` is the 0-based number it has in a clip's timing, None where nothing is said."""

    text: str
    sentence: int | None


def of_spoken(spoken: str) -> list[Stretch]:
    """Return spoken words as stretches that give them back when joined."""
    return _cut(spoken, [(start, end, number) for start, end, number in _numbered(spoken)])


def of_written(reading: Reading) -> list[Stretch]:
    """Return the written text as stretches that give it back when joined."""
    text = reading.text
    edges = list(_edges(reading))
    found = []
    for start, end, number in _numbered(reading.spoken):
        first, last = _written(edges, start), _written(edges, end, after=True)
        whole = text[first:last]
        lead, trail = len(whole) - len(whole.lstrip()), len(whole) - len(whole.rstrip())
        if lead < len(whole):
            found.append((first + lead, last - trail, number))
    return _cut(text, found)


def _numbered(spoken: str) -> Iterator[tuple[int, int, int]]:
    """Give start, end and number of each sentence that a voice says, as a recipe counts them."""
    said = [(start, end) for start, end in breaths(spoken) if sayable(spoken[start:end])]
    for number, (start, end) in enumerate(said):
        yield start, end, number


def _cut(text: str, pieces: list[tuple[int, int, int]]) -> list[Stretch]:
    """Return the pieces and what stands between them; a piece that overlaps the last one is shortened."""
    found, done = [], 0
    for start, end, number in pieces:
        if done < start:
            found.append(Stretch(text[done:start], None))
        if max(start, done) < end:
            found.append(Stretch(text[max(start, done) : end], number))
        done = max(done, end)
    return [*found, Stretch(text[done:], None)] if done < len(text) else found


def _edges(reading: Reading) -> Iterator[tuple[int, int]]:
    """Give (offset in the spoken words, offset in the written text) where a span begins or ends."""
    said, done = 0, 0
    yield 0, 0
    for span in reading.spans:
        said += span.start - done
        yield said, span.start
        said += len(span.spoken)
        yield said, span.end
        done = span.end
    yield said + len(reading.text) - done, len(reading.text)


def _written(edges: list[tuple[int, int]], offset: int, *, after: bool = False) -> int:
    """Return where in the written text an offset of the spoken words lies.

    Inside words that stand for others it is the end of what they stand for; `after` asks for the place that
    ends something rather than begins it, which matters where a span says nothing.
    """
    for (said, written), (said_next, written_next) in pairwise(edges):
        within = said < offset <= said_next if after else said <= offset < said_next
        if within and said_next - said == written_next - written:
            return written + offset - said
        if within:
            return written if offset == said else written_next
    return edges[-1][1] if offset else 0
