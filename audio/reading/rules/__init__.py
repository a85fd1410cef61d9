"""The token classes, tried in this order at every place that is more than a plain word.

A new class is one new module with a RULE, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.reading.rules import (
    abbreviations,
    acronyms,
    capitals,
    integers,
    letters,
)

if TYPE_CHECKING:
    from audio.reading.model import Rule

RULES: tuple[Rule, ...] = (
    abbreviations.RULE,
    capitals.RULE,
    acronyms.RULE,
    letters.RULE,
    integers.RULE,
)
