"""What waits for a person's word on the first page: weeks, exceptions, relays; and weeks that came back."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import url_for
from flask_babel import format_date, gettext

from content.models.people import Role
from scheduler import exceptions, relays, rulebook, weeks
from scheduler.models.week_plan import WeekPlan
from web import context

SHOWN = 20


class Matter(NamedTuple):
    """One thing to decide or to mend: an icon, what it is, where, and the page that settles it."""

    icon: str
    what: str
    where: str
    url: str


def decisions() -> list[Matter]:
    """Return what the person may decide, the nearest weeks first."""
    units = context.rights().unit_ids(Role.APPROVER)
    return [*_weeks(units), *_exceptions(units), *_relays(units)][:SHOWN] if units else []


def returned() -> list[Matter]:
    """Return the weeks of the person's office that were sent back and not submitted again."""
    units = context.rights().unit_ids(Role.OFFICE)
    if not units:
        return []
    since = weeks.monday_of(context.today())
    found = weeks.returned(context.session(), units, since=since)
    return [_week(plan, gettext("Kế hoạch tuần bị trả lại")) for plan in found][:SHOWN]


def _weeks(units: set[int]) -> list[Matter]:
    tree, me = context.rights().tree, context.person().id
    waiting = (
        plan
        for plan in weeks.waiting(context.session(), units)
        if tree.units[plan.unit_id].self_approval or plan.submitted_by != me
    )
    return [_week(plan, gettext("Kế hoạch tuần")) for plan in waiting]


def _week(plan: WeekPlan, what: str) -> Matter:
    url = url_for("office.approve_week", unit_id=plan.unit_id, monday=plan.monday)
    told = gettext("%(what)s từ %(monday)s", what=what, monday=_day(plan.monday))
    return Matter("calendar-week", told, _unit(plan.unit_id), url)


def _exceptions(units: set[int]) -> list[Matter]:
    session, me = context.session(), context.person().id
    waiting = [one for one in exceptions.waiting(session, units) if one.asked_by != me]
    url = url_for("office.exceptions")
    rules = {one.rule_id: rulebook.get(session, one.rule_id).citation for one in waiting}
    return [
        Matter(
            "shield-check",
            gettext("Xin ngoại lệ: %(rule)s", rule=rules[one.rule_id]),
            _unit(one.unit_id),
            url,
        )
        for one in waiting
    ]


def _relays(units: set[int]) -> list[Matter]:
    me, url = context.person().id, url_for("office.relays")
    return [
        Matter("antenna-bars-5", gettext("Nguồn tiếp âm: %(name)s", name=one.name), _unit(one.unit_id), url)
        for one in relays.waiting(context.session(), units)
        if one.created_by != me
    ]


def _unit(unit_id: int) -> str:
    return context.rights().tree.units[unit_id].name


def _day(day: date) -> str:
    said: str = format_date(day, "EEEE d/M")
    return said
