"""Cuts a long sentence where a reader would breathe: after its own marks, else between words."""

from __future__ import annotations

import re

_AFTER_MARK = re.compile(r"(?<=[,;:–—])\s+")


def parts_of(text: str, limit: int) -> list[str]:
    """Return `text` in parts of at most `limit` characters, in order, no word lost.

    A part ends at a mark (, ; : –) wherever that serves; a phrase too long for one part is cut between
    words into parts of about one length; a word too long for one is cut where it must be.
    """
    phrases = [part for phrase in _AFTER_MARK.split(text.strip()) for part in _words_apart(phrase, limit)]
    return _packed(phrases, limit)


def _words_apart(phrase: str, limit: int) -> list[str]:
    if len(phrase) <= limit:
        return [phrase]
    goal = -(-len(phrase) // -(-len(phrase) // limit))
    words = [word[at : at + limit] for word in phrase.split() for at in range(0, len(word), limit)]
    return _packed(words, limit, goal=goal)


def _packed(pieces: list[str], limit: int, *, goal: int | None = None) -> list[str]:
    """Join neighbours as far as they fit; with a `goal`, stop at the first part that has reached it."""
    parts: list[str] = []
    for piece in pieces:
        joined = f"{parts[-1]} {piece}" if parts else piece
        fits = len(joined) <= limit and not (goal and parts and len(parts[-1]) >= goal)
        parts[-1:] = [joined] if fits or not parts else [parts[-1], piece]
    return parts
