"""Exceptions to rules: asked for with a reason, answered by an approver who is another, and listed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content.errors import InvalidInputError
from content.models.people import Role, User
from scheduler import exceptions as allowed
from scheduler import rulebook
from scheduler.models.rule import Rule, RuleException
from web import context, forms, places, rule_words
from web.errors import message_of
from web.office.blueprint import office

SHOWN = 100


@office.get("/ngoai-le")
def exceptions() -> ResponseReturnValue:
    """List what waits for an answer and what was answered."""
    return _page()


@office.get("/quy-dinh/<int:rule_id>/ngoai-le")
def new_exception(rule_id: int) -> ResponseReturnValue:
    """Show the form: where a rule is not to hold, on which days, and why."""
    found = rulebook.get(context.session(), rule_id)
    day = request.args.get("ngay", context.today().isoformat())
    last = request.args.get("den", day)
    return _form(found, {"unit_id": request.args.get("don-vi", ""), "first_day": day, "last_day": last})


@office.post("/quy-dinh/<int:rule_id>/ngoai-le")
def ask_exception(rule_id: int) -> ResponseReturnValue:
    """Ask for an exception; it counts once an approver has allowed it."""
    found, form = rulebook.get(context.session(), rule_id), request.form
    try:
        unit_id = _unit_id()
        allowed.ask(
            context.session(),
            found,
            unit_id=unit_id,
            first_day=forms.day(form, "first_day", what=gettext("Từ ngày")),
            last_day=forms.day(form, "last_day", what=gettext("Đến hết ngày")),
            reason=forms.text(form, "reason"),
            by=context.person(),
            now=context.now(),
        )
    except InvalidInputError as error:
        return _form(found, form, error), 422
    flash(gettext("Đã xin ngoại lệ; lãnh đạo duyệt rồi thì lưu lại khung giờ hay lệnh phát."), "success")
    return redirect(url_for("office.exceptions"), 303)


@office.post("/ngoai-le/<int:exception_id>/duyet")
def approve_exception(exception_id: int) -> ResponseReturnValue:
    """Allow an exception."""
    asked = allowed.get(context.session(), exception_id)
    allowed.approve(context.session(), asked, by=context.person(), now=context.now())
    flash(gettext("Đã duyệt ngoại lệ."), "success")
    return redirect(url_for("office.exceptions"), 303)


@office.post("/ngoai-le/<int:exception_id>/tu-choi")
def refuse_exception(exception_id: int) -> ResponseReturnValue:
    """Refuse an exception, with a reason that the log keeps."""
    asked = allowed.get(context.session(), exception_id)
    reason = forms.text(request.form, "reason")
    try:
        allowed.refuse(context.session(), asked, reason=reason, by=context.person(), now=context.now())
    except InvalidInputError as error:
        return _page({"id": asked.id, "message": message_of(error)}), 422
    flash(gettext("Đã từ chối ngoại lệ."), "success")
    return redirect(url_for("office.exceptions"), 303)


def _unit_id() -> int:
    unit_id = forms.number(request.form, "unit_id", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    context.rights().require(Role.OFFICE, unit_id)
    return unit_id


def _page(problem: dict[str, Any] | None = None) -> str:
    places.require_sight()
    session, rights = context.session(), context.rights()
    seen = rights.unit_ids(*places.SEES)
    waiting, answered = allowed.waiting(session, seen), allowed.answered(session, seen, most=SHOWN)
    listed = [*waiting, *answered]
    me = context.person().id
    return render_template(
        "office/exceptions.html",
        waiting=waiting,
        answered=answered,
        rules=_rules(listed),
        people=_people(listed),
        units=rights.tree.units,
        words=rule_words,
        may={one.id for one in waiting if one.asked_by != me and rights.may(Role.APPROVER, one.unit_id)},
        mine={one.id for one in waiting if one.asked_by == me},
        today=context.today(),
        problem=problem,
    )


def _rules(listed: list[RuleException]) -> dict[int, Rule]:
    query = select(Rule).where(Rule.id.in_({one.rule_id for one in listed}))
    return {rule.id: rule for rule in context.session().scalars(query)}


def _people(listed: list[RuleException]) -> dict[int, str]:
    ids = {who for one in listed for who in (one.asked_by, one.approved_by, one.refused_by) if who}
    found = context.session().execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {user_id: name for user_id, name in found}  # noqa: C416 (typed)


def _form(found: Rule, typed: Any, error: InvalidInputError | None = None) -> str:
    if not context.rights().holds(Role.OFFICE):
        context.rights().require(Role.OFFICE, next(iter(context.rights().tree.units)))
    units = context.rights().units_for(Role.OFFICE, context.today())
    return render_template(
        "office/exception_form.html",
        rule=found,
        words=rule_words,
        typed=typed,
        units=[(str(unit.id), unit.name) for unit in units],
        problem={"field": error.field or "reason", "message": message_of(error)} if error else None,
    )
