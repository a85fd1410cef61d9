"""Single letters: consonants are named, vowels are already their names.

`gan B` gan bê, `điểm c` điểm xê, `nhóm O` nhóm o.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS, VOWELS, L, spell
from audio.reading.model import LOWER, UPPER, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_SINGLE = re.compile(f"{L}(?![{LETTERS}])")
NAMED = "AIEOU"


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a letter that stands alone."""
    found = _SINGLE.match(scan.text, position)
    if not found:
        return None
    letter = found.group()
    if letter.lower() in VOWELS:
        return Claim(found.end(), letter.lower() if letter in NAMED else letter)
    return Claim(found.end(), spell(letter))


RULE = Rule("letter", UPPER + LOWER, match, (("viêm gan B", "viêm gan bê"), ("nhóm O", "nhóm o")))
