"""Approval of weeks: which units want it, what a week holds, what changed since, submitting and approving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import units as tree_of_units
from content.errors import InvalidInputError, NotFoundError
from content.models.people import Role
from content.models.unit import Unit
from scheduler import weeks as plans_of_weeks
from scheduler.models.airing import Airing
from scheduler.models.week_plan import WeekPlan
from scheduler.rules import Rules
from scheduler.weeks import Week
from web import context, forms, places
from web.errors import message_of
from web.office.blueprint import office

AHEAD = 3
SETS = (Role.ADMIN, Role.APPROVER)


@office.get("/duyet-tuan")
def weeks() -> ResponseReturnValue:
    """List the units whose weeks are approved, with this week and those to come."""
    places.require_sight()
    rights, today = context.rights(), context.today()
    monday = plans_of_weeks.monday_of(today)
    seen = [unit for unit in rights.tree.units.values() if unit.in_being(today) and places.sees(unit.id)]
    settable = [unit for unit in seen if _may_set(unit)]
    return render_template(
        "office/weeks.html",
        lines=[
            (unit, [_week(unit, monday + n * plans_of_weeks.WEEK) for n in range(AHEAD)])
            for unit in seen
            if unit.week_approval
        ],
        settable={unit.id for unit in settable},
        free=[(str(unit.id), unit.name) for unit in settable if not unit.week_approval],
    )


@office.post("/duyet-tuan/don-vi")
def set_week_approval() -> ResponseReturnValue:
    """Say whether a unit's weeks are approved before they go out."""
    unit = _unit(forms.maybe_number(request.form, "unit_id"))
    if not _may_set(unit):
        context.rights().require(Role.ADMIN, unit.id)
    wanted = forms.text(request.form, "wanted") == "1"
    tree_of_units.set_week_approval(
        context.session(), unit, wanted=wanted, by=context.person().login, now=context.now()
    )
    said = gettext("Từ nay %(unit)s duyệt kế hoạch từng tuần trước khi giao trạm.", unit=unit.name)
    ended = gettext("%(unit)s không cần duyệt kế hoạch tuần nữa.", unit=unit.name)
    flash(said if wanted else ended, "success")
    return redirect(url_for("office.weeks"), 303)


@office.get("/duyet-tuan/<int:unit_id>/<monday>")
def approve_week(unit_id: int, monday: str) -> ResponseReturnValue:
    """Show a unit's week: every airing, day by day, with what changed since the approval."""
    return _page(_unit(unit_id), _monday(monday))


def _page(unit: Unit, first: date, refused: dict[str, str] | None = None) -> str:
    """Return a week's page; `refused` {reason, problem} is a sending back that was not taken."""
    week, rights = _week(unit, first), context.rights()
    horizon = _rules().planned_until(context.today(), weekly=True) - timedelta(days=1)
    sent_back = plans_of_weeks.sent_back(context.session(), week.plan) if week.plan else None
    return render_template(
        "office/week_plan.html",
        week=week,
        unit=unit,
        last_day=first + timedelta(days=6),
        days=_by_day(week),
        units=rights.tree.units,
        seen_to=horizon if horizon < first + timedelta(days=6) else None,
        sent_back=sent_back,
        refused=refused or {},
        may_return=rights.may(Role.APPROVER, unit.id),
        may_submit=rights.may(Role.OFFICE, unit.id),
        may_approve=rights.may(Role.APPROVER, unit.id)
        and (unit.self_approval or week.plan is None or week.plan.submitted_by != context.person().id),
    )


@office.post("/duyet-tuan/<int:unit_id>/<monday>/trinh")
def submit_week(unit_id: int, monday: str) -> ResponseReturnValue:
    """Put the week as seen before the approver."""
    _do(plans_of_weeks.submit, unit_id, monday)
    flash(gettext("Đã trình kế hoạch tuần; chờ lãnh đạo duyệt."), "success")
    return redirect(url_for("office.approve_week", unit_id=unit_id, monday=monday), 303)


@office.post("/duyet-tuan/<int:unit_id>/<monday>/duyet")
def release_week(unit_id: int, monday: str) -> ResponseReturnValue:
    """Approve the week as seen: its airings go to the stations."""
    _do(plans_of_weeks.approve, unit_id, monday)
    flash(gettext("Đã duyệt kế hoạch tuần; các lượt phát được giao cho trạm."), "success")
    return redirect(url_for("office.approve_week", unit_id=unit_id, monday=monday), 303)


@office.post("/duyet-tuan/<int:unit_id>/<monday>/tra-lai")
def return_week(unit_id: int, monday: str) -> ResponseReturnValue:
    """Send a submitted week back to the office, with a reason."""
    reason = forms.text(request.form, "reason")
    try:
        _do(plans_of_weeks.send_back, unit_id, monday, reason=reason)
    except InvalidInputError as error:
        again = {"reason": reason, "problem": message_of(error)}
        return _page(_unit(unit_id), _monday(monday), again), 422
    flash(gettext("Đã trả lại kế hoạch tuần cho văn phòng."), "success")
    return redirect(url_for("office.approve_week", unit_id=unit_id, monday=monday), 303)


def _do(step: Callable[..., WeekPlan], unit_id: int, monday: str, **more: str) -> None:
    step(
        context.session(),
        _unit(unit_id),
        _monday(monday),
        digest=forms.text(request.form, "digest"),
        by=context.person(),
        rules=_rules(),
        now=context.now(),
        **more,
    )


def _rules() -> Rules:
    return Rules.of(context.house().settings)


def _may_set(unit: Unit) -> bool:
    return any(context.rights().may(role, unit.id) for role in SETS)


def _unit(unit_id: int) -> Unit:
    places.require_sight()
    unit = context.rights().tree.units.get(unit_id)
    if unit is None or not places.sees(unit_id):
        raise NotFoundError("Không có đơn vị đó.")
    return unit


def _monday(given: str) -> date:
    try:
        return plans_of_weeks.monday_of(forms.local_day(given))
    except ValueError as error:
        raise NotFoundError("Không có tuần đó.") from error


def _week(unit: Unit, monday: date) -> Week:
    return plans_of_weeks.week_of(context.session(), unit, monday, _rules())


def _by_day(week: Week) -> list[dict[str, Any]]:
    """Return the days of a week with their rows and how many of them are new or moved."""
    zone, told = context.house().settings.zone, week.difference.added | week.difference.moved

    def day_of(row: Airing) -> date:
        return row.starts_at.astimezone(zone).date()

    approved = week.plan is not None and week.plan.approved_at is not None
    found = [(day, list(rows)) for day, rows in groupby(week.rows, key=day_of)]
    return [
        {"day": day, "rows": rows, "changed": sum(row.id in told for row in rows) if approved else 0}
        for day, rows in found
    ]
