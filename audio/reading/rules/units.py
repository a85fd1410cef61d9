"""Numbers with a unit: `5ha`, `12m3`, `20,44 triệu m²`, `100mm/2h`, `120/80 mmHg`."""

from __future__ import annotations

from audio.reading.measures import UNITS
from audio.reading.model import DIGIT, Rule
from audio.reading.rules.quantities import matcher

RULE = Rule(
    "unit",
    DIGIT,
    matcher(UNITS),
    (
        ("bể 12m3", "bể mười hai mét khối"),
        ("20,44 triệu m²", "hai mươi phẩy bốn mươi tư triệu mét vuông"),
        ("dưới 100mm/2h", "dưới một trăm mi li mét trên hai giờ"),
    ),
)
