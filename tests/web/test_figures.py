"""Figures as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from content.models.plan import Target
from web.figures import figure, number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("25000", "25.000"),
        ("7.5", "7,5"),
        ("100", "100"),
        ("1234567.25", "1.234.567,25"),
        ("0.50", "0,5"),
        ("0", "0"),
    ],
)
def test_numbers_carry_vietnamese_marks(value: str, written: str) -> None:
    assert number(Decimal(value)) == written


@pytest.mark.parametrize(
    ("low", "high", "bound", "direction", "unit", "written"),
    [
        ("75", "80", "range", "", "%", "75 – 80 %"),
        ("85", None, "gt", "", "%", "> 85 %"),
        ("5", None, "gte", "tăng", "bậc", "tăng ≥ 5 bậc"),
        (None, "2.5", "lt", "giảm", "%", "giảm < 2,5 %"),
        (None, "3", "lte", "", "km", "≤ 3 km"),
        ("100", "100", "eq", "", "%", "100 %"),
        ("10", None, "approx", "", "triệu", "≈ 10 triệu"),
    ],
)
def test_a_target_is_told_with_sign_and_unit(
    low: str | None, high: str | None, bound: str, direction: str, unit: str, written: str
) -> None:
    ends = [Decimal(end) if end is not None else None for end in (low, high)]
    target = Target(low=ends[0], high=ends[1], bound=bound, direction=direction, unit=unit)
    assert figure(target) == written
