"""Lists of words written as one line, for the rules' tables."""

from __future__ import annotations


def words(listed: str) -> tuple[str, ...]:
    """Split a line of words at its blanks."""
    return tuple(listed.split())


def endings(listed: str) -> tuple[str, ...]:
    """Split a line of phrases at its bars, each led by a blank, as `Scan.before` gives them."""
    return tuple(f" {phrase}" for phrase in listed.split("|"))
