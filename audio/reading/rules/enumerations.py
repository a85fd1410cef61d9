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


def match(scan: Scan, position: int) -> Claim | None:
    """Claim the number of a list item."""
    text = scan.text
    if found := _BRACKETED.match(text, position) or _INLINE.match(text, position):
        return Claim(found.end(), _said(found["number"]), after=",")
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
)
