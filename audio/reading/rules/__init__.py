"""The token classes, tried in this order at every place that is more than a plain word.

A new class is one new module with a RULE, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.reading.rules import (
    abbreviations,
    acronyms,
    addresses,
    capital_t,
    capitals,
    clock,
    codes,
    coming_years,
    dates,
    decided,
    degrees,
    documents,
    enumerations,
    fractions,
    identities,
    initials,
    integers,
    lanes,
    laps,
    letters,
    milestones,
    money,
    percents,
    periods,
    phones,
    plates,
    products,
    ranges,
    roman,
    rows,
    scores,
    slashes,
    symbols,
    units,
    web,
    weekdays,
)

if TYPE_CHECKING:
    from audio.reading.model import Rule

RULES: tuple[Rule, ...] = (
    decided.RULE,
    web.RULE,
    plates.RULE,
    identities.RULE,
    phones.RULE,
    documents.RULE,
    enumerations.RULE,
    roman.RULE,
    initials.RULE,
    weekdays.RULE,
    milestones.RULE,
    lanes.RULE,
    abbreviations.RULE,
    laps.RULE,
    clock.RULE,
    addresses.RULE,
    coming_years.RULE,
    dates.RULE,
    periods.RULE,
    scores.RULE,
    products.RULE,
    capital_t.RULE,
    ranges.RULE,
    degrees.RULE,
    percents.RULE,
    money.RULE,
    units.RULE,
    fractions.RULE,
    slashes.RULE,
    rows.RULE,
    capitals.RULE,
    codes.RULE,
    acronyms.RULE,
    letters.RULE,
    integers.RULE,
    symbols.RULE,
)
