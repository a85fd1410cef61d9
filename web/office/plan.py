"""The plan the bulletins serve: programmes, targets, duties, and what was aired for each."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import plans
from content.errors import InvalidInputError
from content.models.people import Role
from content.models.plan import Programme
from scheduler import board, quotas
from web import context, forms, places
from web.errors import message_of
from web.figures import figure
from web.office.blueprint import office


@office.get("/ke-hoach")
def plan() -> ResponseReturnValue:
    """Show the programmes with this week's airtime."""
    session = context.session()
    return render_template("office/plan.html", plan=plans.current(session), coverage=_this_week())


@office.get("/ke-hoach/<code>")
def programme(code: str) -> ResponseReturnValue:
    """Show one programme's targets, and the airtime owed to it."""
    return _programme(plans.programme_by_code(context.session(), code))


@office.post("/ke-hoach/<code>/thoi-luong")
def set_quota(code: str) -> ResponseReturnValue:
    """Set how much airtime a week each station of a unit owes the programme; empty takes it away."""
    found = plans.programme_by_code(context.session(), code)
    try:
        unit_id = _unit_id()
        quotas.set_quota(
            context.session(),
            found,
            _seconds(),
            unit_id=unit_id,
            by=context.person().login,
            now=context.now(),
        )
    except InvalidInputError as error:
        return _programme(found, error), 422
    flash(gettext("Đã lưu thời lượng mỗi tuần; lịch phát được xếp lại."), "success")
    return redirect(url_for("office.programme", code=code), 303)


def _programme(found: Programme, error: InvalidInputError | None = None) -> str:
    rights = context.rights()
    everywhere = any(rights.may_everywhere(role) for role in places.PLANS)
    units = [(str(unit.id), unit.name) for unit in places.units_to_plan()]
    return render_template(
        "office/programme.html",
        programme=found,
        figure=figure,
        quotas=[
            quota
            for quota in quotas.listing(context.session(), [found.id])
            if quota.unit_id is None or places.sees(quota.unit_id)
        ],
        tree=rights.tree,
        units=[("", gettext("Mọi nơi")), *units] if everywhere else units,
        typed=request.form,
        may_quota=everywhere or bool(units),
        changeable={int(unit_id) for unit_id, _ in units} | ({None} if everywhere else set()),
        problem={"field": error.field or "minutes", "message": message_of(error)} if error else None,
    )


def _unit_id() -> int | None:
    """Return the unit of the quota, None for everywhere; the person must plan for it."""
    given = forms.text(request.form, "unit_id")
    if not given:
        if not any(context.rights().may_everywhere(role) for role in places.PLANS):
            raise InvalidInputError("Hãy chọn đơn vị.", field="unit_id")
        return None
    unit_id = forms.number(request.form, "unit_id", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    places.require_plan(unit_id)
    return unit_id


def _seconds() -> int | None:
    """Return the seconds of `minutes` and `seconds`, None when both were left empty."""
    form = request.form
    if not (forms.text(form, "minutes").strip() or forms.text(form, "seconds").strip()):
        return None
    minutes = forms.number(form, "minutes", what=gettext("Số phút")) if form.get("minutes", "").strip() else 0
    seconds = forms.number(form, "seconds", what=gettext("Số giây")) if form.get("seconds", "").strip() else 0
    return minutes * 60 + seconds


def _this_week() -> dict[str | None, board.Coverage]:
    """Return what each programme got from Monday on at the wards the person sees, by its code."""
    monday = context.today() - timedelta(days=context.today().weekday())
    start = datetime.combine(monday, time(), tzinfo=context.house().settings.zone)
    seen = context.rights().unit_ids(*Role)
    found = board.coverage(context.session(), start, start + timedelta(days=7), unit_ids=seen)
    return {row.programme: row for row in found}
