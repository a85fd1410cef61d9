"""Numbers of list items, with a pause after them: `1. `, `2) `, `1.2. ` at the start of a line, `(5) `."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import UPPER_LETTERS, L
from audio.reading.model import DIGIT, SYMBOL, Claim, Rule
from audio.reading.numbers import cardinal

if TYPE_CHECKING:
    from audio.reading.model import Scan

_AT_START = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})(?:[.)](?=\s)|/(?=\s))")
_GROWN = re.compile(rf"(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{0,4}})[.)/](?=[{UPPER_LETTERS}])")
_DEEP = re.compile(rf"(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{1,4}})(?=\s+[{UPPER_LETTERS}])")
_BRACKETED = re.compile(rf"\((?P<number>\d{{1,2}})\)(?=\s?{L})")
_INLINE = re.compile(rf"(?P<number>\d{{1,2}})\)(?=\s{L})")
_SMALL_ROMAN = re.compile(r"\((?P<roman>i{1,3}|iv|vi{0,3}|ix|x)\)(?=\s)")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_FAR = 600
_MARGIN = 12


def starts_line(text: str, position: int) -> bool:
    """Tell whether only bullets and blanks stand between the start of the line and a place."""
    margin = text[max(0, position - _MARGIN) : position]
    head = margin.rpartition("\n")[2]
    closed = "\n" in margin or position <= _MARGIN
    return closed and not any(map(str.isalnum, head))


def _said(written: str) -> str:
    """Say the number of an item: `1.2` một chấm hai."""
    return " chấm ".join(cardinal(int(part)) for part in written.split("."))


def _is_numeral(text: str, found: re.Match[str]) -> bool:
    """Tell a small Roman numeral in brackets from the letters i, v and x: (ii) stands nearby."""
    near = text[max(0, found.start() - _FAR) : found.end() + _FAR]
    return len(found["roman"]) > 1 or "(ii)" in near


def match(scan: Scan, position: int) -> Claim | None:
    """Claim the number of a list item."""
    text = scan.text
    if found := _BRACKETED.match(text, position) or _INLINE.match(text, position):
        return Claim(found.end(), _said(found["number"]), after=",")
    if (found := _SMALL_ROMAN.match(text, position)) and _is_numeral(text, found):
        return Claim(found.end(), cardinal(_ROMANS.index(found["roman"]) + 1), after=",")
    if not text[position].isdigit() or not starts_line(text, position):
        return None
    found = _AT_START.match(text, position) or _GROWN.match(text, position) or _DEEP.match(text, position)
    return Claim(found.end(), _said(found["number"]), after=",") if found else None


RULE = Rule(
    "enumeration",
    DIGIT + SYMBOL,
    match,
    (
        ("1. Ban Tuyên giáo", "một, Ban Tuyên giáo"),
        ("(5) Tiếp tục", "năm, Tiếp tục"),
        ("1.2. Mục tiêu", "một chấm hai, Mục tiêu"),
    ),
    signs="(",
    behind=".)/",
)
