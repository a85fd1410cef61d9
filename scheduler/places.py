"""The unit tree as the planner reads it: plain rows, thousands of them at next to no cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session

from content.models.unit import Unit
from scheduler.raw import RAW, Turned, day_of, words_of


class Place(NamedTuple):
    """A unit: see `content.models.unit.Unit`; `weekly`: its weeks are approved before they go out."""

    id: int
    parent: int | None
    valid_from: date
    valid_to: date | None
    successor: int | None
    tags: tuple[str, ...]
    weekly: bool = False

    def in_being(self, day: date) -> bool:
        """Tell whether the unit exists on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Places:
    """Every unit there ever was, by id."""

    units: dict[int, Place]
    _paths: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _lines: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _weekly: dict[int, bool] = field(default_factory=dict, repr=False)

    def path(self, unit_id: int) -> tuple[int, ...]:
        """Return the ids from a unit up to the root."""
        if unit_id not in self._paths:
            parent = self.units[unit_id].parent
            self._paths[unit_id] = (unit_id, *(() if parent is None else self.path(parent)))
        return self._paths[unit_id]

    def tags(self, unit_id: int) -> frozenset[str]:
        """Return the tags of a unit and of those above it."""
        return frozenset(tag for at in self.path(unit_id) for tag in self.units[at].tags)

    def standing(self, unit_id: int, day: date) -> int | None:
        """Return the unit that stands for `unit_id` on `day`: itself, or whoever took over."""
        at, seen = self.units.get(unit_id), {unit_id}
        while at is not None and not at.in_being(day):
            follows = at.successor if at.valid_to is not None and day >= at.valid_to else None
            at = self.units[follows] if follows is not None and follows not in seen else None
            seen.add(follows or 0)
        return at.id if at else None

    def standing_all(self, unit_id: int, days: Sequence[date]) -> dict[date, int]:
        """Return which unit stands for `unit_id` on each of some days (in order), where any does."""
        here = self.units.get(unit_id)
        if days and here is not None and here.in_being(days[0]) and here.in_being(days[-1]):
            return dict.fromkeys(days, unit_id)
        found = ((day, self.standing(unit_id, day)) for day in days)
        return {day: unit for day, unit in found if unit is not None}

    def line(self, unit_id: int) -> tuple[int, ...]:
        """Return a unit and all above it, then the same of those that took or take over from it."""
        if unit_id not in self._lines:
            units = (unit_id, *self.heirs(unit_id))
            self._lines[unit_id] = tuple(dict.fromkeys(at for unit in units for at in self.path(unit)))
        return self._lines[unit_id]

    def weekly(self, unit_id: int) -> bool:
        """Tell whether an approver releases the weeks of a unit, or of one above it."""
        if unit_id not in self._weekly:
            self._weekly[unit_id] = any(self.units[at].weekly for at in self.line(unit_id))
        return self._weekly[unit_id]

    def heirs(self, unit_id: int) -> tuple[int, ...]:
        """Return the units that took or take over from one, however many mergers later."""
        found: list[int] = []
        at = self.units.get(unit_id)
        while at is not None and at.successor is not None and at.successor not in found:
            found.append(at.successor)
            at = self.units.get(at.successor)
        return tuple(found)

    def below(self, roots: Iterable[int]) -> set[int]:
        """Return the units with one of `roots` on their path, whatever the day."""
        wanted = set(roots)
        return {unit_id for unit_id in self.units if not wanted.isdisjoint(self.path(unit_id))}


def load_places(session: Session) -> Places:
    """Read the whole tree."""
    query = select(
        Unit.id,
        Unit.parent_id,
        type_coerce(Unit.valid_from, RAW),
        type_coerce(Unit.valid_to, RAW),
        Unit.successor_id,
        type_coerce(Unit.tags, RAW),
        Unit.week_approval,
    )
    days, units = Turned(day_of), {}
    for unit, parent, first, end, successor, tags, weekly in session.execute(query):
        span = (days[first] or date.min, days[end])
        units[unit] = Place(unit, parent, *span, successor, words_of(tags), bool(weekly))
    return Places(units)
