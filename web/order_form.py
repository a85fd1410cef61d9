"""The form of an order: what it sends read as a wish, and what it offers for a bulletin or a relay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from content import bulletins
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import Bulletin
from content.models.people import Role
from scheduler.models.order import Order
from scheduler.models.relay import RelaySource
from scheduler.wishes import Wish, check_units
from web import calendar_names, context, forms

BESIDE: dict[str | None, str] = {"units": "unit_ids", "bulletin_id": "unit_ids", "source_id": "unit_ids"}
"""Where the page tells of a part of the order that is no field of its own."""
MINUTE = 60


@dataclass(frozen=True)
class Subject:
    """What is ordered: a bulletin, or a source to relay; `order` is the one that is being changed."""

    bulletin: Bulletin | None = None
    source: RelaySource | None = None
    order: Order | None = None

    @property
    def levels(self) -> list[Level]:
        """The levels at which it may be ordered, the lowest first; emergencies are called, not ordered."""
        every = list(Level)
        highest = Level.PRIORITY if self.bulletin is None else Level(self.bulletin.latest.level)
        return every[: min(every.index(highest), every.index(Level.PRIORITY)) + 1]

    def proposal(self, today: date) -> dict[str, str]:
        """Return what the form holds at first: what the order asks for, or its own days, once a day."""
        if self.order is not None:
            return _as_it_is(self.order)
        if self.bulletin is not None:
            revision = self.bulletin.latest
            first, last, level = revision.valid_from, revision.valid_to, str(self.levels[-1])
        elif self.source is not None:
            first, last = self.source.first_day, self.source.last_day or today
            level = str(Level.NORMAL)
        else:
            raise ValueError("nothing to order")
        first = max(today, first)
        days = {"first_day": first.isoformat(), "last_day": max(first, last).isoformat()}
        start = self.source.local_from if self.source else ""
        return {**days, "times_per_day": "1", "level": level, "minutes": "15", "fixed_times": start}


@dataclass(frozen=True)
class Ticked:
    """What of the form comes several times: weekdays, units and tags ticked, calendar → sign."""

    weekdays: frozenset[str]
    units: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at_first(cls, order: Order | None) -> Ticked:
        """Return what is ticked before a person did anything."""
        if order is None:
            return cls(frozenset("1234567"))
        marks = {mark[1:]: mark[0] for mark in order.calendars}
        units = frozenset(str(unit.unit_id) for unit in order.units)
        return cls(frozenset(order.weekdays), units, frozenset(order.tags), marks)

    @classmethod
    def sent(cls) -> Ticked:
        """Return what the form that was sent holds."""
        form = request.form
        weekdays, units, tags = (frozenset(form.getlist(name)) for name in ("weekdays", "units", "tags"))
        return cls(weekdays, units, tags, calendar_names.marks_sent())


def wish(subject: Subject) -> Wish:
    """Return what the form asks for, or raise InvalidInputError naming the field."""
    form, source = request.form, subject.source
    tags = form.getlist("tags")
    return Wish(
        bulletin_id=subject.bulletin.id if subject.bulletin else None,
        unit_ids=_unit_ids(optional=bool(tags)),
        first_day=forms.day(form, "first_day", what=gettext("Ngày đầu")),
        last_day=forms.day(form, "last_day", what=gettext("Ngày cuối")),
        weekdays=forms.numbers(form, "weekdays", what=gettext("Thứ trong tuần")),
        times_per_day=forms.number(form, "times_per_day", what=gettext("Số lần mỗi ngày")),
        fixed_times=forms.text(form, "fixed_times").replace(",", " ").split(),
        level=_level(forms.text(form, "level")),
        tags=_tags(tags),
        calendars=calendar_names.marks(),
        source_id=source.id if source else None,
        stand_in_id=_stand_in() if source else None,
        seconds=_seconds() if source else None,
    )


def tags_to_order() -> dict[str, int]:
    """Return tag → number of units, of the tags all of whose units the person orders for."""
    tree, today = context.rights().tree, context.today()
    known = sorted({tag for unit in tree.units.values() for tag in unit.tags})
    found = {tag: tree.tagged([tag], today) for tag in known}
    may = context.rights().may
    return {
        tag: len(units)
        for tag, units in found.items()
        if units and all(may(Role.OFFICE, unit.id) for unit in units)
    }


def offered() -> dict[str, Any]:
    """Return the units and tags that the form offers."""
    tree = context.rights().tree
    return {
        "units": context.rights().units_for(Role.OFFICE, context.today()),
        "depth": {unit_id: len(tree.path(unit_id)) for unit_id in tree.units},
        "tags": tags_to_order(),
        "calendars": calendar_names.names(),
    }


def stand_ins() -> list[tuple[str, str]]:
    """Return the bulletins that may stand in for a silent source: (id, title), newest first."""
    mine = context.rights().unit_ids(Role.OFFICE)
    approved = bulletins.approved_now(context.session(), mine, context.today())
    return [
        (str(one.revision.bulletin_id), one.revision.title)
        for one in approved
        if one.revision.level != Level.EMERGENCY
    ]


def _stand_in() -> int | None:
    """Return the bulletin chosen to stand in, one of those offered."""
    given = forms.text(request.form, "stand_in")
    if not given:
        return None
    if given not in dict(stand_ins()):
        raise InvalidInputError("Hãy chọn một bản tin đã duyệt trong danh sách.", field="stand_in")
    return int(given)


def _as_it_is(order: Order) -> dict[str, str]:
    return {
        "first_day": order.first_day.isoformat(),
        "last_day": order.last_day.isoformat(),
        "times_per_day": str(order.times_per_day),
        "fixed_times": ", ".join(order.fixed_times),
        "level": order.level,
        "minutes": str((order.duration_ms or 0) // (MINUTE * 1000)),
        "stand_in": str(order.stand_in_id or ""),
    }


def _unit_ids(*, optional: bool) -> list[int]:
    """Return the units ticked, over each of which the person may order."""
    unit_ids = forms.numbers(request.form, "units", what=gettext("Đơn vị"))
    if not unit_ids and not optional:
        raise InvalidInputError("Hãy chọn ít nhất một phường.", field="unit_ids")
    check_units(unit_ids)
    for unit_id in unit_ids:
        if unit_id not in context.rights().tree.units:
            raise InvalidInputError("Không có đơn vị đó.", field="unit_ids")
        context.rights().require(Role.OFFICE, unit_id)
    return unit_ids


def _level(given: str) -> str:
    """Return the level asked for; what is to sound at once is called on a page of its own."""
    if given == Level.EMERGENCY:
        raise InvalidInputError(
            "Tin khẩn cấp phát ở trang Khẩn cấp, có lý do và người thứ hai xác nhận.", field="level"
        )
    return given


def _tags(given: list[str]) -> list[str]:
    if not set(given) <= tags_to_order().keys():
        raise InvalidInputError(
            "Nhãn này có ở đơn vị ngoài phạm vi của bạn, hoặc không có.", field="unit_ids"
        )
    return sorted(set(given))


def _seconds() -> int:
    return forms.number(request.form, "minutes", what=gettext("Số phút")) * MINUTE
