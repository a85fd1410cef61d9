"""Stations in the order of the units, and how all under each unit are (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from content.models.unit import Unit
from content.units import Tree
from scheduler.board import Glance, StationLine

Counts = Callable[[int], Counter[str]]


@dataclass
class Group:
    """A unit that has stations of its own among those shown; `counts` are of all under it."""

    unit: Unit
    counts: Counter[str]
    lines: list[StationLine] = field(default_factory=list)


@dataclass
class Section:
    """What is folded together: a unit and the units with stations below it; `unit` None: all there is."""

    unit: Unit | None
    counts: Counter[str]
    groups: list[Group] = field(default_factory=list)


def in_tree_order(found: Iterable[Glance], tree: Tree) -> list[Glance]:
    """Return stations as they hang in the tree, units by name; those of one unit as they came."""

    @cache
    def place(unit_id: int) -> tuple[str, ...]:
        return tuple(tree.units[at].name for at in reversed(tree.path(unit_id)))

    return sorted(found, key=lambda one: place(one.unit_id))


def counts_of(found: Iterable[Glance], tree: Tree, count: Callable[[list[Glance]], Counter[str]]) -> Counts:
    """Return what tells of a unit how the stations under it are."""
    here: dict[int, list[Glance]] = {}
    for one in found:
        for at in tree.path(one.unit_id):
            here.setdefault(at, []).append(one)
    return lambda unit_id: count(here.get(unit_id, []))


def sections_of(
    lines: Sequence[StationLine], tree: Tree, counts: Counts, *, below: int | None
) -> list[Section]:
    """Return the stations shown, unit by unit; what is above them all (and above `below`) is left out."""
    paths = {line.station.unit_id: _down(tree, line.station.unit_id, below) for line in lines}
    shared = _shared(list(paths.values()))
    found: dict[int | None, Section] = {}
    groups: dict[int, Group] = {}
    for line in lines:
        own = line.station.unit_id
        top = next((at for at in paths[own][shared:] if at != own), None)
        if top not in found:
            named = Counter[str]() if top is None else counts(top)
            found[top] = Section(None if top is None else tree.units[top], named)
        if own not in groups:
            groups[own] = Group(tree.units[own], counts(own))
            found[top].groups.append(groups[own])
        groups[own].lines.append(line)
    return list(found.values())


def _down(tree: Tree, unit_id: int, below: int | None) -> list[int]:
    """Return the way down to a unit, from under `below` where that is above it."""
    path = list(reversed(tree.path(unit_id)))
    return path[path.index(below) + 1 :] if below in path else path


def _shared(paths: Sequence[Sequence[int]]) -> int:
    """Return how many of the first steps all ways have in common, the last two of each left out."""
    most = max(min((len(path) for path in paths), default=0) - 2, 0)
    return next((step for step in range(most) if len({path[step] for path in paths}) > 1), most)
