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
_NUMBERED_CODE = re.compile(r"-\d")
_SHORT = 2
_LETTER = re.compile(f" ?(?=[{LETTERS.upper()}])")
_BEFORE_NUMBERS = frozenset({"P.", "Q.", "TP.", "BS.", "TT.", "QL.", "TL.", "PL.", "DL."})
_NUMBERED = re.compile(r"[:.]?\s?\d")
_DOCUMENT = re.compile(r" (?:số:? ?)?\d{1,5}[^\s,;]{0,6}[-–/](?P<kind>\w{2,6})[-–/]")
_NUMBER_FOLLOWS = " # "
_YEAR = re.compile(r":?\s?(?:19|20)\d\d(?!\d)")
_YEAR_FOLLOWS = " #year "
_ROOM = re.compile(r"[:.]?\s?[A-Z]?\d{3,4}(?!\d)")
_ROOM_FOLLOWS = " #room "
_WEAK = "?"
_CLAUSE_END = re.compile(r"[;!?]|(?:(?<=\w{3})|(?<=[\d)]))\.(?=\s|\Z)")
_SIGNS = re.compile(r"(?P<end>[;.!?\n])|[^\w\s]")
_APART = " " * 12
_FAR = 1000
_PAUSES = re.compile(",")
_NAME = re.compile(f" ?(?=[{LETTERS.upper()}0-9])")


def _fits(scan: Scan, position: int, written: str) -> bool:
    """Tell whether a written form stands here whole."""
    if not scan.text.startswith(written, position):
        return False
    end = position + len(written)
    if written[-1] == ".":
        name = _NAME if written in _BEFORE_NUMBERS else _LETTER
        return name.match(scan.text, end) is not None
    if len(written) <= _SHORT and _NUMBERED_CODE.match(scan.text, end):
        return False
    return not _GROWN.match(scan.text, end)


def _apart(sign: re.Match[str]) -> str:
    """Put blanks for a sign: many for one that ends a clause, so that its words count as far."""
    return _APART if sign["end"] else " "


def _distance(word: str, before: str, after: str) -> int:
    """Give how many characters stand between an abbreviation and a neighbouring word; FAR where it is not."""
    left, right = before.rfind(f" {word} "), after.find(f" {word} ")
    behind = len(before) - left - len(word) - 2 if left >= 0 else _FAR
    return min(behind, right if right >= 0 else _FAR)


def _chosen(scan: Scan, position: int, end: int, ways: tuple[Choice, ...]) -> tuple[str, bool]:
    """Choose by the nearest word of the clause; tell whether one decided (a word with `?` does not)."""
    document = _DOCUMENT.match(scan.text, end)
    if document and document["kind"] == scan.text[position:end] in KINDS:
        return KINDS[document["kind"]], True
    follows = _YEAR_FOLLOWS if _YEAR.match(scan.text, end) else ""
    follows += _NUMBER_FOLLOWS if _NUMBERED.match(scan.text, end) else ""
    follows += _ROOM_FOLLOWS if _ROOM.match(scan.text, end) else ""
    before = _SIGNS.sub(_apart, _CLAUSE_END.split(f"{scan.before(position)} ")[-1])
    after = follows + _SIGNS.sub(_apart, _CLAUSE_END.split(f" {scan.after(end)} ")[0])
    near = [
        (_distance(word.removeprefix(_WEAK), before, after), place, word[0] != _WEAK)
        for place, choice in enumerate(ways)
        for word in choice.near
    ]
    distance, place, strong = min(near, default=(_FAR, 0, True))
    if distance < _FAR:
        return ways[place].spoken, strong
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


def _is_told(scan: Scan, position: int, end: int, said: str) -> bool:
    """Tell whether brackets only repeat the words before them: `năng lượng tái tạo (NLTT)`."""
    bracketed = scan.text[position - 1 : position] == "(" and scan.text[end : end + 1] == ")"
    return bracketed and _PAUSES.sub("", scan.before(position)).endswith(_PAUSES.sub("", f" {said.lower()}"))


def _claim(scan: Scan, position: int, written: str) -> Claim:
    """Say a form, and note it where its context leaves it open."""
    end = position + len(written)
    if _is_told(scan, position, end, scan.lexicon.entries[written]):
        return Claim(end, "")
    ways = scan.lexicon.choices.get(written)
    spoken, sure = _chosen(scan, position, end, ways) if ways else (scan.lexicon.entries[written], True)
    notes = () if sure else (Note("ambiguous", position, end, scan.lexicon.ways(written)),)
    return Claim(end, "" if _is_doubled(scan, position, spoken) else spoken, notes=notes)


def _is_doubled(scan: Scan, position: int, said: str) -> bool:
    """Tell whether the words stand just before their abbreviation: `quốc lộ QL 32`."""
    blank = scan.text[position - 1 : position] == " " and scan.text[position - 2 : position - 1].isalpha()
    return blank and " " in said and scan.before(position).endswith(f" {said.lower()}")


RULE = Rule(
    "abbreviation",
    UPPER + LOWER,
    match,
    (("UBND phường", "Ủy ban nhân dân phường"), ("các đ/c lãnh đạo", "các đồng chí lãnh đạo")),
)
