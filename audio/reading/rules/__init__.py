"""The token classes, tried in this order at every place that is more than a plain word.

A new class is one new module with a RULE, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.reading.rules import (
    abbreviations,
    acronyms,
    addresses,
    capitals,
    clock,
    codes,
    dates,
    degrees,
    documents,
    enumerations,
    fractions,
    identities,
    integers,
    letters,
    money,
    percents,
    periods,
    phones,
    plates,
    products,
    ranges,
    roman,
    scores,
    slashes,
    symbols,
    units,
    web,
)

if TYPE_CHECKING:
    from audio.reading.model import Rule

RULES: tuple[Rule, ...] = (
    web.RULE,
    plates.RULE,
    identities.RULE,
    phones.RULE,
    documents.RULE,
    enumerations.RULE,
    roman.RULE,
    abbreviations.RULE,
    clock.RULE,
    addresses.RULE,
    dates.RULE,
    periods.RULE,
    scores.RULE,
    products.RULE,
    ranges.RULE,
    degrees.RULE,
    percents.RULE,
    money.RULE,
    units.RULE,
    fractions.RULE,
    slashes.RULE,
    capitals.RULE,
    codes.RULE,
    acronyms.RULE,
    letters.RULE,
    integers.RULE,
    symbols.RULE,
)
