"""What an order would change, told ward by ward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext

from scheduler.hearings import Left
from scheduler.previews import Line, Preview
from scheduler.reasons import KNOWN

SHOWN = 40


@dataclass
class Ward:
    """One station's part: new airings, moved ones, what would lose its place, what has no room and why."""

    title: str
    created: list[Line] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    pushed_out: list[Line] = field(default_factory=list)
    unplaced: dict[str, list[date]] = field(default_factory=dict)


def told(found: Preview, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures of a preview and its wards, those with trouble first, at most SHOWN of them."""
    wards: dict[str, Ward] = {}

    def ward(name: str) -> Ward:
        return wards.setdefault(name, Ward(titles.get(name, name)))

    for part in ("created", "moved", "pushed_out"):
        for line in sorted(getattr(found, part), key=lambda line: line.starts_at or line.was):
            getattr(ward(line.station), part).append(line)
    for name, reasons in _reasons(found.unplaced).items():
        ward(name).unplaced = reasons
    ordered = sorted(wards.values(), key=lambda one: (not (one.pushed_out or one.unplaced), one.title))
    return {"preview": found, "wards": ordered[:SHOWN], "hidden": max(0, len(ordered) - SHOWN)}


def _reasons(unplaced: Sequence[Left]) -> dict[str, dict[str, list[date]]]:
    """Return station → why → the days on which a hearing has no room."""
    found: dict[str, dict[str, list[date]]] = defaultdict(dict)
    for left in unplaced:
        why = gettext(KNOWN.get(left.reason, left.reason))
        days = found[left.station].setdefault(why, [])
        if left.due not in days:
            days.append(left.due)
    return found
