"""A letter and a dot before a name: `gặp ô. Nam` ông Nam, `gọi b. Lan` bà Lan, `nhà c. Hoa` chị Hoa.

A word that leads to a person must stand before; at the start of a line b and c number an item. An umbrella at
the end of a sentence (`mang theo ô. Trời mưa`) is no title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading import pauses
from audio.reading.alphabet import LETTERS, LOWER_LETTERS, UPPER_LETTERS, L
from audio.reading.model import LOWER, UPPER, Claim, Rule
from audio.reading.rules.symbols import SAID

if TYPE_CHECKING:
    from audio.reading.model import Scan

_TITLES = {"ô": "ông", "b": "bà", "c": "chị"}
_SAID = re.escape("".join(SAID))
_TITLE = re.compile(rf"(?P<title>[ôÔbBcC])(?P<gap>[^{LETTERS}0-9{_SAID}]{{1,400}})(?=[\s\S])")
_NAME = re.compile(f"[{UPPER_LETTERS}]{L}")
_PERSON = re.compile(
    rf"(?<![{LOWER_LETTERS}])(?:gặp|mời|gọi|gửi|của|với|nhà|cho|do|hỏi|là|cùng|qua|thăm|gm|sn|vs|k/g)[^{LOWER_LETTERS}0-9]*\Z"
)
_AFTER_OTHER = re.compile(r" (?:và|&|hệ|lh|[ôbc]\. \w+(?: \w+){0,2},)$")
_LINE_START = re.compile(rf"(?:\A|\n)[^{LETTERS}0-9\n]*\Z")
_ALONE = re.compile(rf"{L}+\s?[-:,(–]{{0,2}}\s?(?:\Z|0\d{{2}})")
_MARGIN = 40


def match(scan: Scan, position: int) -> Claim | None:
    """Claim the letter and the signs behind it."""
    found = _TITLE.match(scan.text, position)
    if not found or pauses.between(scan.text, position + 1, found.end()) != ". ":
        return None
    title = found["title"].lower()
    if title != "ô" and not _NAME.match(scan.text, found.end()):
        return None
    before = scan.before(position)
    led = _PERSON.search(before) or (title != "ô" and _AFTER_OTHER.search(before))
    if not led and not (title == "ô" or (title == "b" and _ALONE.match(scan.text, found.end()))):
        return None
    if not led and not _LINE_START.search(scan.text, max(0, position - _MARGIN), position):
        return None
    return Claim(found.end(), _TITLES[title])


RULE = Rule(
    "courtesy",
    LOWER + UPPER,
    match,
    (("mời ô. Nam", "mời ông Nam"), ("gặp b. Lan", "gặp bà Lan")),
)
