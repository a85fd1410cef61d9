"""The form of an order: what it sends read as a wish, and what it offers for a bulletin or a relay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import Bulletin
from content.models.people import Role
from scheduler.models.relay import RelaySource
from scheduler.wishes import Wish
from web import context, forms

BESIDE: dict[str | None, str] = {"units": "unit_ids", "bulletin_id": "unit_ids", "source_id": "unit_ids"}
"""Where the page tells of a part of the order that is no field of its own."""
MINUTE = 60


@dataclass(frozen=True)
class Subject:
    """What is ordered: a bulletin, or a source to relay."""

    bulletin: Bulletin | None = None
    source: RelaySource | None = None

    @property
    def levels(self) -> list[Level]:
        """The levels at which it may be ordered, the lowest first."""
        every = list(Level)
        if self.bulletin is None:
            return every[: every.index(Level.PRIORITY) + 1]
        return every[: every.index(Level(self.bulletin.latest.level)) + 1]

    def proposal(self, today: date) -> dict[str, str]:
        """Return what the form holds at first: its own days, once a day."""
        if self.bulletin is not None:
            revision = self.bulletin.latest
            first, last, level = revision.valid_from, revision.valid_to, revision.level
        elif self.source is not None:
            first, last = self.source.first_day, self.source.last_day or today
            level = str(Level.NORMAL)
        else:
            raise ValueError("nothing to order")
        first = max(today, first)
        days = {"first_day": first.isoformat(), "last_day": max(first, last).isoformat()}
        start = self.source.local_from if self.source else ""
        return {**days, "times_per_day": "1", "level": level, "minutes": "15", "fixed_times": start}


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
        level=forms.text(form, "level"),
        tags=_tags(tags),
        calendars=["-vn"] if form.get("no_holidays") else [],
        source_id=source.id if source else None,
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
    }


def _unit_ids(*, optional: bool) -> list[int]:
    """Return the units ticked, over each of which the person may order."""
    unit_ids = forms.numbers(request.form, "units", what=gettext("Đơn vị"))
    if not unit_ids and not optional:
        raise InvalidInputError("Hãy chọn ít nhất một phường.", field="unit_ids")
    for unit_id in unit_ids:
        if unit_id not in context.rights().tree.units:
            raise InvalidInputError("Không có đơn vị đó.", field="unit_ids")
        context.rights().require(Role.OFFICE, unit_id)
    return unit_ids


def _tags(given: list[str]) -> list[str]:
    if not set(given) <= tags_to_order().keys():
        raise InvalidInputError(
            "Nhãn này có ở đơn vị ngoài phạm vi của bạn, hoặc không có.", field="unit_ids"
        )
    return sorted(set(given))


def _seconds() -> int:
    return forms.number(request.form, "minutes", what=gettext("Số phút")) * MINUTE
