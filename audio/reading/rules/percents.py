"""Percentages: `98,75%` chín mươi tám phẩy bảy mươi lăm phần trăm."""

from __future__ import annotations

from audio.reading.measures import PERCENTS
from audio.reading.model import DIGIT, Rule
from audio.reading.rules.quantities import matcher

RULE = Rule(
    "percent",
    DIGIT,
    matcher(PERCENTS),
    (("đạt 98,75%", "đạt chín mươi tám phẩy bảy mươi lăm phần trăm"), ("0,1 %", "không phẩy một phần trăm")),
    behind="%‰ ,.",
)
