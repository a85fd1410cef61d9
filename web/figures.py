"""A target's figure as people write it."""

from __future__ import annotations

from decimal import Decimal

from content.models.plan import Target

_SIGNS = {"gt": "> ", "gte": "≥ ", "lt": "< ", "lte": "≤ ", "approx": "≈ "}


def figure(target: Target) -> str:
    """Return the figure with its sign and unit: `75 – 80 %`, `> 85 %`, `tăng ≥ 5 bậc`."""
    ends = [number(end) for end in (target.low, target.high) if end is not None]
    span = " – ".join(dict.fromkeys(ends))
    sense = f"{target.direction} " if target.direction else ""
    return f"{sense}{_SIGNS.get(target.bound, '')}{span} {target.unit}"


def number(value: Decimal) -> str:
    """Return a number with Vietnamese marks: 25000 → 25.000, 7.5 → 7,5."""
    whole, _, part = f"{abs(value.normalize()):f}".partition(".")
    sign = "−" if value < 0 else ""
    return sign + f"{int(whole):,}".replace(",", ".") + (f",{part}" if part else "")


def due_words(target: Target) -> str:
    """Return when the target is due: a year, a span of years, or `hằng năm`."""
    return "hằng năm" if target.due == "yearly" else target.due
