"""Abbreviations and foreign words of the lexicon, the longest first; context chooses where there are several.

`UBND` ủy ban nhân dân, `TT HĐND` thường trực hội đồng nhân dân, `TP.HCM`, `đ/c`, `wifi`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS, L
from audio.reading.document_words import KINDS
from audio.reading.model import LOWER, UPPER, Claim, Note, Rule
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from audio.reading.lexicon import Choice
    from audio.reading.model import Scan

_FIRST = re.compile(f"{L}+")
_GROWN = re.compile(f"[{LETTERS}0-9]")
_LETTER = re.compile(f" ?(?=[{LETTERS.upper()}])")
_BEFORE_NUMBERS = frozenset({"P.", "Q.", "TP.", "BS.", "TT.", "QL.", "TL.", "PL.", "DL."})
_NUMBERED = re.compile(r"[:.]?\s?\d")
_DOCUMENT = re.compile(r" (?:số:? ?)?\d{1,5}[^\s,;]{0,6}[-–/](?P<kind>\w{2,6})[-–/]")
_NUMBER_FOLLOWS = "#"
_NAME = re.compile(f" ?(?=[{LETTERS.upper()}0-9])")


def _fits(scan: Scan, position: int, written: str) -> bool:
    """Tell whether a written form stands here whole."""
    if not scan.text.startswith(written, position):
        return False
    end = position + len(written)
    if written[-1] == ".":
        name = _NAME if written in _BEFORE_NUMBERS else _LETTER
        return name.match(scan.text, end) is not None
    return not _GROWN.match(scan.text, end)


def _chosen(scan: Scan, position: int, end: int, ways: tuple[Choice, ...]) -> tuple[str, bool]:
    """Choose by the neighbouring words; tell whether they decided."""
    around = f"{scan.before(position)}  {scan.after(end)} "
    words = re.sub(r"[^\w]+", " ", around)
    if _NUMBERED.match(scan.text, end):
        words += f" {_NUMBER_FOLLOWS} "
    document = _DOCUMENT.match(scan.text, end)
    if document and document["kind"] == scan.text[position:end] in KINDS:
        return KINDS[document["kind"]], True
    for choice in ways:
        if any(f" {word} " in f" {words} " for word in choice.near):
            return choice.spoken, True
    return ways[0].spoken, scan.text[end - 1] == "."


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a form of the lexicon."""
    first = _FIRST.match(scan.text, position)
    forms = scan.lexicon.by_first.get(first.group(), ()) if first else ()
    for written in forms:
        if not _fits(scan, position, written):
            continue
        if written.isupper() and written.isalpha() and is_syllable(written) and scan.in_heading(position):
            continue
        return _claim(scan, position, written)
    return None


def _claim(scan: Scan, position: int, written: str) -> Claim:
    """Say a form, and note it where its context leaves it open."""
    end = position + len(written)
    ways = scan.lexicon.choices.get(written)
    if ways is None:
        return Claim(end, scan.lexicon.entries[written])
    spoken, sure = _chosen(scan, position, end, ways)
    notes = () if sure else (Note("ambiguous", position, end, scan.lexicon.ways(written)),)
    return Claim(end, spoken, notes=notes)


RULE = Rule(
    "abbreviation",
    UPPER + LOWER,
    match,
    (("UBND phường", "Ủy ban nhân dân phường"), ("các đ/c lãnh đạo", "các đồng chí lãnh đạo")),
)
