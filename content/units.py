"""The unit tree: what lies below a unit on a day, and merging units into a successor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.files import yaml_file
from content.models.unit import Unit
from content.text import NAME_LIMIT, line, slug_of

TAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What a tag looks like; rules and orders reach units by them."""
MOST_TAGS = 20
KINDS = ("city", "district", "ward", "cluster")
"""From the largest down."""
SHIPPED = Path(__file__).parent / "data" / "units.yaml"


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

    def tags(self, unit_id: int) -> frozenset[str]:
        """Return the tags of a unit: its own and those of all above it."""
        return frozenset(tag for above in self.path(unit_id) for tag in self.units[above].tags)

    def tagged(self, tags: Collection[str], day: date) -> list[Unit]:
        """Return the units in being on `day` that carry one of `tags`, their own or from above."""
        wanted = set(tags)
        return [unit for unit in self.units.values() if unit.in_being(day) and wanted & self.tags(unit.id)]

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

    def line(self, unit_id: int) -> list[int]:
        """Return a unit and those that took or take over from it, however many mergers later."""
        found: list[int] = []
        at: int | None = unit_id
        while at is not None and at not in found:
            found.append(at)
            at = self.units[at].successor_id
        return found

    def belonging(self, unit_ids: Iterable[int], day: date) -> set[int]:
        """Return units with those that one of them took over from by `day`: their stations are its own."""
        found = set(unit_ids)
        gone = (unit for unit in self.units.values() if unit.successor_id is not None)
        return found | {
            unit.id for unit in gone if (heir := self.standing(unit.id, day)) and heir.id in found
        }


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


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")
    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1, max_length=120)
    kind: Literal["city", "district", "ward", "cluster"]
    parent: str | None = None
    valid_from: date
    tags: list[str] = Field(default_factory=list, max_length=MOST_TAGS)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    units: list[_Given] = Field(min_length=1)


def import_units(session: Session, path: Path, *, by: str, now: datetime) -> list[Unit]:
    """Store the units of a YAML file, parents before children; return those that were not there yet.

    A unit that is there under its slug is left as it is.  InvalidInputError names what is wrong.
    """
    known = {unit.slug: unit for unit in session.scalars(select(Unit))}
    made = []
    for given in yaml_file(path, _File, what="danh sách đơn vị").units:
        if given.parent is not None and given.parent not in known:
            raise InvalidInputError(
                "{slug}: chưa có đơn vị cấp trên “{parent}”.", slug=given.slug, parent=given.parent
            )
        if given.slug not in known:
            known[given.slug] = _store(session, given, known.get(given.parent or ""))
            made.append(known[given.slug])
    audit.record(
        session, "unit.import", actor=by, subject="unit:*", now=now, made=[unit.slug for unit in made]
    )
    return made


def _store(session: Session, given: _Given, parent: Unit | None) -> Unit:
    unit = Unit(
        slug=given.slug,
        name=given.name,
        kind=given.kind,
        valid_from=given.valid_from,
        tags=_tags(given.tags),
        parent_id=parent.id if parent else None,
    )
    session.add(unit)
    session.flush()
    return unit


def set_tags(session: Session, unit: Unit, tags: Collection[str], *, by: str, now: datetime) -> None:
    """Give a unit the tags by which rules and orders reach it and all below; field at fault: `tags`."""
    wanted = _tags(tags)
    if wanted != unit.tags:
        unit.tags = wanted
        _note(session, "unit.tags", unit, by=by, now=now, tags=unit.tags)


def rename(session: Session, unit: Unit, name: str, *, by: str, now: datetime) -> None:
    """Give a unit another name; its slug, by which addresses and files know it, stays."""
    given = line(name, field="name", what="Tên đơn vị", limit=NAME_LIMIT)
    if given != unit.name:
        before, unit.name = unit.name, given
        _note(session, "unit.rename", unit, by=by, now=now, before=before, name=given)


def add_unit(
    session: Session, parent: Unit, *, name: str, kind: str, valid_from: date, by: str, now: datetime
) -> Unit:
    """Store a unit below `parent`; InvalidInputError names the field, ConflictError a name that is taken."""
    given = line(name, field="name", what="Tên đơn vị", limit=NAME_LIMIT)
    slug = slug_of(given)
    if kind not in KINDS or KINDS.index(kind) <= KINDS.index(parent.kind):
        raise InvalidInputError("Đơn vị cấp dưới phải nhỏ hơn đơn vị chứa nó.", field="kind")
    if not slug:
        raise InvalidInputError("Hãy đặt tên đơn vị bằng chữ hoặc số.", field="name")
    if session.scalars(select(Unit).where(Unit.slug == slug)).first() is not None:
        raise ConflictError("Đã có đơn vị “{name}”; hãy chọn tên khác.", field="name", name=given)
    unit = Unit(slug=slug, name=given, kind=kind, parent_id=parent.id, valid_from=valid_from, tags=[])
    session.add(unit)
    session.flush()
    _note(session, "unit.add", unit, by=by, now=now, parent=parent.id, name=given)
    return unit


def set_week_approval(session: Session, unit: Unit, *, wanted: bool, by: str, now: datetime) -> None:
    """Say whether a week's plan of the unit is released only after an approver has approved it."""
    unit.week_approval = wanted
    _note(session, "unit.week_approval", unit, by=by, now=now, wanted=wanted)


def _tags(tags: Collection[str]) -> list[str]:
    found = sorted(set(tags))
    bad = next((tag for tag in found if not TAG.fullmatch(tag)), None)
    if bad is not None:
        raise InvalidInputError("Nhãn “{tag}” phải dạng noi-thanh.", field="tags", tag=bad[:40])
    if len(found) > MOST_TAGS:
        raise InvalidInputError("Một đơn vị có nhiều nhất {most} nhãn.", field="tags", most=MOST_TAGS)
    return found


def merge(session: Session, units: list[Unit], successor: Unit, *, on: date, by: str, now: datetime) -> None:
    """End `units` on the day `on` and let `successor` stand for them from then on."""
    if not successor.in_being(on):
        raise InvalidInputError("{name} chưa có hoặc đã hết hiệu lực vào ngày sáp nhập.", name=successor.name)
    for unit in units:
        if unit.id == successor.id or not unit.in_being(on) or unit.valid_to is not None:
            raise ConflictError("{name} không thể sáp nhập vào {into}.", name=unit.name, into=successor.name)
        unit.valid_to, unit.successor_id = on, successor.id
        _note(session, "unit.merge", unit, by=by, now=now, into=successor.id, on=on.isoformat())
    session.flush()


def end_unit(
    session: Session, unit: Unit, successor: Unit | None, *, on: date, today: date, by: str, now: datetime
) -> None:
    """End a unit on the day `on`, not before today; `successor` takes over, or nobody does."""
    if on < max(today, unit.valid_from + timedelta(days=1)):
        raise InvalidInputError("Ngày kết thúc phải từ hôm nay trở đi.", field="on")
    if successor is not None:
        if unit.id in load_tree(session).path(successor.id):
            raise InvalidInputError("Đơn vị không sáp nhập vào chính nó hay cấp dưới của nó.", field="into")
        merge(session, [unit], successor, on=on, by=by, now=now)
        return
    if unit.valid_to is not None:
        raise ConflictError("{name} đã có ngày kết thúc.", name=unit.name)
    unit.valid_to = on
    _note(session, "unit.end", unit, by=by, now=now, on=on.isoformat())


def keep_unit(session: Session, unit: Unit, *, today: date, by: str, now: datetime) -> None:
    """Take back an end that has not come yet."""
    if unit.valid_to is None or unit.valid_to <= today:
        raise ConflictError("{name} không có ngày kết thúc nào sắp tới để bỏ.", name=unit.name)
    before = unit.valid_to
    unit.valid_to = unit.successor_id = None
    _note(session, "unit.keep", unit, by=by, now=now, before=before.isoformat())


def _note(session: Session, action: str, unit: Unit, *, by: str, now: datetime, **more: object) -> None:
    audit.record(session, action, actor=by, subject=f"unit:{unit.id}", now=now, **more)
