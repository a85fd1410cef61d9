"""What pages ask: days, weeks and stories of airings, what was heard, how the stations are."""

from __future__ import annotations

from scheduler.board.airings import (
    FEW,
    HEARD,
    DayGlance,
    NowAndNext,
    Story,
    count_coming,
    day_of,
    day_of_units,
    glance_at_day,
    now_and_next,
    of_order,
    recent_played,
    story,
)
from scheduler.board.coverage import Coverage, coverage
from scheduler.board.overview import Glance, StationLine, glances, lacking, stations_overview

__all__ = [
    "FEW",
    "HEARD",
    "Coverage",
    "DayGlance",
    "Glance",
    "NowAndNext",
    "StationLine",
    "Story",
    "count_coming",
    "coverage",
    "day_of",
    "day_of_units",
    "glance_at_day",
    "glances",
    "lacking",
    "now_and_next",
    "of_order",
    "recent_played",
    "stations_overview",
    "story",
]
