"""Names cut to their initials: `chị H.T.M.` hát tê mờ, `N.V.A` nờ vê a."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS, UPPER_LETTERS, spell
from audio.reading.model import UPPER, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_INITIALS = re.compile(
    rf"[{UPPER_LETTERS}](?:\.[{UPPER_LETTERS}]){{1,4}}(?![{LETTERS}0-9])(?:\.(?=\s?[,;:(0-9a-zđ]))?"
)

_ALONE = re.compile(rf"[{UPPER_LETTERS}]\.(?=\s?[,;(]|\s[a-zđ])")
_BEFORE_NAME = re.compile(
    rf"(?:[{UPPER_LETTERS}]\.){{2,3}}(?=[{UPPER_LETTERS}][a-zà-ỹ]| Lênin| Lê-nin)(?<!T\.P\.)"
)
_NAMED = re.compile(r" (?:anh|chị|ông|bà|em|cháu|cụ|đ/c|đồng chí|bị can|đối tượng|(?:văn|thị)(?: \w+)?)$")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim single capitals with dots between them, unless the lexicon knows them."""
    if leader := _BEFORE_NAME.match(scan.text, position):
        return Claim(leader.end(), spell(leader.group()))
    found = _INITIALS.match(scan.text, position)
    if not found and (alone := _ALONE.match(scan.text, position)) and _NAMED.search(scan.before(position)):
        return Claim(alone.end(), spell(alone.group()))
    if not found or found.group().rstrip(".") in scan.lexicon.entries:
        return None
    return Claim(found.end(), spell(found.group()))


RULE = Rule(
    "initials", UPPER, match, (("chị H.T.M. báo tin", "chị hát tê mờ báo tin"), ("anh N.V.A", "anh nờ vê a"))
)
