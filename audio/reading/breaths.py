"""The pieces of a spoken text that a voice says one by one, none longer than a breath."""

from __future__ import annotations

import re
from itertools import pairwise

LONGEST = 35
_SENTENCE = re.compile(r"(?<=[.?!]) ")
_CLAUSES = (re.compile(r"(?<=[;:]) "), re.compile(r"(?<=,) "))
_JOINT = re.compile(r" (?=(?:và|hoặc|nhằm|để|trong|của|với|theo|từ|tại|cho|mà|thì|khi|nếu|được|đã) )")
_BLANK = re.compile(" ")


def _syllables(piece: str) -> int:
    """Count the syllables: Vietnamese writes each as a word."""
    return piece.count(" ") + 1


def _packed(spoken: str, cuts: list[int]) -> list[tuple[int, int]]:
    """Join neighbouring pieces between cuts as long as they fit in one breath."""
    joined: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        if joined and _syllables(spoken[joined[-1][0] : end].strip()) <= LONGEST:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _split(spoken: str, start: int, end: int, level: int = 0) -> list[tuple[int, int]]:
    """Cut one sentence at its clause marks, then at joining words, then anywhere, until it fits."""
    marks = (*_CLAUSES, _JOINT, _BLANK)
    if level == len(marks) or _syllables(spoken[start:end].strip()) <= LONGEST:
        return [(start, end)]
    cuts = [start, *(match.end() for match in marks[level].finditer(spoken, start, end)), end]
    pieces: list[tuple[int, int]] = []
    for first, last in _packed(spoken, cuts):
        pieces += _split(spoken, first, last, level + 1)
    return pieces


def breaths(spoken: str) -> tuple[tuple[int, int], ...]:
    """Give half-open offsets of the pieces to say one by one: sentences, cut where longer than a breath."""
    cuts = [0, *(match.end() for match in _SENTENCE.finditer(spoken)), len(spoken)]
    found: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        found += _split(spoken, start, end)
    trimmed = ((first, first + len(spoken[first:last].rstrip())) for first, last in found)
    return tuple((first, last) for first, last in trimmed if first < last)


def sentences(spoken: str) -> tuple[str, ...]:
    """Give the pieces of a spoken text that a voice says one by one, in order.

    No piece has more than LONGEST syllables; joined by blanks they give the text back.
    """
    return tuple(spoken[start:end] for start, end in breaths(spoken))
