"""Forms that people have decided on, before our own rules: the lexicon's rows, a bulletin's corrections.

With `Lexicon.extended({"7h30": "bảy rưỡi"})`: `lúc 7h30` becomes `lúc bảy rưỡi`, `7h30-8h` stays a range.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASHES, LETTERS
from audio.reading.model import DIGIT, LOWER, SYMBOL, UPPER, Claim, Note, Rule
from audio.reading.rules import identities, phones, web
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from audio.reading.model import Scan

_FIRST = re.compile(f"[{LETTERS}]+|[^{LETTERS}]")
_GROWN = re.compile(f"[{LETTERS}0-9%]|[/&@_.{re.escape(DASHES)}][{LETTERS}0-9]|[,:][0-9]")
_NAMING = (web.RULE, identities.RULE, phones.RULE)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a decided form that stands here whole, the longest first."""
    if not scan.lexicon.decided:
        return None
    first = _FIRST.match(scan.text, position)
    for written in scan.lexicon.decided.get(first.group(), ()) if first else ():
        if _fits(scan, position, written):
            end = position + len(written)
            return Claim(end, scan.lexicon.entries[written], notes=_personal(scan, position, end))
    return None


def _fits(scan: Scan, position: int, written: str) -> bool:
    """Tell whether a form stands here whole, and is no word of a heading in capitals."""
    if not scan.text.startswith(written, position) or _GROWN.match(scan.text, position + len(written)):
        return False
    a_word = written.isupper() and written.isalpha() and is_syllable(written)
    return not (a_word and scan.in_heading(position))


def _personal(scan: Scan, position: int, end: int) -> tuple[Note, ...]:
    """Keep the note that a number names somebody: how it is said does not make it less private."""
    claims = (rule.match(scan, position) for rule in _NAMING)
    noted = any(claim.notes for claim in claims if claim is not None)
    return (Note("personal_data", position, end),) if noted else ()


RULE = Rule("decided", DIGIT + UPPER + LOWER + SYMBOL, match, ())
