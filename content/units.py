"""The unit tree: what lies below a unit on a day, and merging units into a successor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.unit import Unit


@dataclass(frozen=True)
class Tree:
    """Every unit there ever was, by id, with its children."""

    units: dict[int, Unit]
    children: dict[int, list[int]]

    def path(self, unit_id: int) -> list[int]:
        """Return the ids from `unit_id` up to the root."""
        path = []
        at: int | None = unit_id
        while at is not None:
            path.append(at)
            at = self.units[at].parent_id
        return path

    def standing(self, unit_id: int, day: date) -> Unit | None:
        """Return the unit that stands for `unit_id` on `day`: itself, or whoever took over."""
        at: Unit | None = self.units[unit_id]
        seen: set[int] = set()
        while at is not None and not at.in_being(day):
            seen.add(at.id)
            follows = at.successor_id if at.valid_to is not None and day >= at.valid_to else None
            at = self.units[follows] if follows is not None and follows not in seen else None
        return at

    def below(self, unit_id: int, day: date) -> list[Unit]:
        """Return the unit and everything below it in being on `day`, parents before children."""
        found, waiting = [], [unit_id]
        while waiting:
            at = waiting.pop(0)
            if self.units[at].in_being(day):
                found.append(self.units[at])
            waiting.extend(self.children.get(at, []))
        return found


def load_tree(session: Session) -> Tree:
    """Read the whole tree (hundreds of rows) once."""
    units = {unit.id: unit for unit in session.scalars(select(Unit).order_by(Unit.name))}
    children: dict[int, list[int]] = {}
    for unit in units.values():
        if unit.parent_id is not None:
            children.setdefault(unit.parent_id, []).append(unit.id)
    return Tree(units, children)


def subtree(session: Session, unit_ids: Iterable[int], day: date) -> list[Unit]:
    """Return the units named and all below them in being on `day`, each once, mergers followed."""
    tree = load_tree(session)
    found: dict[int, Unit] = {}
    for unit_id in unit_ids:
        root = tree.standing(unit_id, day) if unit_id in tree.units else None
        for unit in tree.below(root.id, day) if root else []:
            found[unit.id] = unit
    return list(found.values())


def by_slug(session: Session, slug: str) -> Unit:
    """Return the unit named `slug`, or raise NotFoundError."""
    unit = session.scalars(select(Unit).where(Unit.slug == slug)).first()
    if unit is None:
        raise NotFoundError("Không có đơn vị “{slug}”.", slug=slug)
    return unit


def merge(session: Session, units: list[Unit], successor: Unit, *, on: date) -> None:
    """End `units` on the day `on` and let `successor` stand for them from then on."""
    if not successor.in_being(on):
        raise InvalidInputError("{name} chưa có hoặc đã hết hiệu lực vào ngày sáp nhập.", name=successor.name)
    for unit in units:
        if unit.id == successor.id or not unit.in_being(on) or unit.valid_to is not None:
            raise ConflictError("{name} không thể sáp nhập vào {into}.", name=unit.name, into=successor.name)
        unit.valid_to, unit.successor_id = on, successor.id
    session.flush()
