"""How a number with its measure is said; percent, money, degrees and units share it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.measures import per, tail_pattern
from audio.reading.model import Claim
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audio.reading.model import Matcher, Scan


def matcher(table: Mapping[str, str]) -> Matcher:
    """Make the matcher of a class whose numbers are followed by one of the table's forms."""
    pattern = re.compile(rf"(?P<number>{NUMBER}){tail_pattern(table)}")

    def match(scan: Scan, position: int) -> Claim | None:
        """Claim a number and its measure, and what it is counted per."""
        found = pattern.match(scan.text, position)
        if not found:
            return None
        end, rate = per(scan.text, found.end())
        scale = found["scale"] or ""
        return Claim(end, f"{number(found['number'])}{scale} {table[found['measure']]}{rate}")

    return match
