"""Relay sources: proposed by the office, permitted by an approver who is another, ordered to units."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content.errors import InvalidInputError
from content.models.people import Role, User
from scheduler import relays as sources_of
from scheduler.models.order import Order
from web import called_back, context, forms, places
from web.errors import message_of
from web.office.blueprint import office


@office.get("/tiep-am")
def relays() -> ResponseReturnValue:
    """List the sources and who permitted them."""
    return _page()


@office.get("/tiep-am/moi")
def new_relay() -> ResponseReturnValue:
    """Show the form of a new source."""
    return _form({"first_day": context.today().isoformat(), "local_from": "06:00", "local_to": "07:00"})


@office.post("/tiep-am/moi")
def create_relay() -> ResponseReturnValue:
    """Propose a source."""
    form = request.form
    try:
        sources_of.create_source(
            context.session(),
            name=forms.text(form, "name"),
            url=forms.text(form, "url").strip(),
            unit_id=_unit_id(),
            first_day=forms.day(form, "first_day", what=gettext("Từ ngày")),
            last_day=forms.maybe_day(form, "last_day", what=gettext("Đến hết ngày")),
            local_from=forms.text(form, "local_from"),
            local_to=forms.text(form, "local_to"),
            by=context.person(),
            now=context.now(),
        )
    except InvalidInputError as error:
        return _form(form, error), 422
    flash(gettext("Đã đề nghị nguồn tiếp âm; lãnh đạo cho phép rồi mới đặt lệnh được."), "success")
    return redirect(url_for("office.relays"), 303)


@office.post("/tiep-am/<int:source_id>/cho-phep")
def permit_relay(source_id: int) -> ResponseReturnValue:
    """Give the standing permission, until a moment or without an end."""
    source = sources_of.get(context.session(), source_id)
    zone = context.house().settings.zone
    try:
        until = forms.instant(request.form, "until", zone, what=gettext("Thời hạn"))
        sources_of.permit(context.session(), source, until=until, by=context.person(), now=context.now())
    except InvalidInputError as error:
        return _page({"id": source.id, "message": message_of(error)}), 422
    flash(gettext("Đã cho phép tiếp âm nguồn này."), "success")
    return redirect(url_for("office.relays"), 303)


@office.post("/tiep-am/<int:source_id>/thoi")
def end_relay(source_id: int) -> ResponseReturnValue:
    """End the permission: what was to be relayed is called back."""
    source = sources_of.get(context.session(), source_id)
    sources_of.end_permission(context.session(), source, by=context.person(), now=context.now())
    flash(gettext("Đã thu lại phép tiếp âm; các lượt tiếp âm chưa phát bị gỡ."), "success")
    return redirect(url_for("office.relays"), 303)


def _unit_id() -> int:
    unit_id = forms.number(request.form, "unit_id", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    return unit_id


def _page(problem: dict[str, Any] | None = None) -> str:
    places.require_sight()
    rights, me, now = context.rights(), context.person().id, context.now()
    found = [one for one in sources_of.listing(context.session()) if places.sees(one.unit_id)]
    ids = {who for one in found for who in (one.created_by, one.permitted_by) if who}
    people = context.session().execute(select(User.id, User.name).where(User.id.in_(ids)))
    approves = {one.id for one in found if rights.may(Role.APPROVER, one.unit_id)}
    return render_template(
        "office/relays.html",
        sources=found,
        standing={one.id for one in found if sources_of.is_permitted(one, now)},
        people={user_id: name for user_id, name in people},  # noqa: C416 (typed)
        units=rights.tree.units,
        outs={one.id: called_back.of_source(one.id) for one in found},
        orders=_orders([one.id for one in found]),
        may_permit={one.id for one in found if one.id in approves and one.created_by != me},
        may_end=approves,
        may_add=rights.holds(Role.OFFICE),
        problem=problem,
    )


def _orders(source_ids: list[int]) -> dict[int, list[Order]]:
    """Return source → its orders that are neither over nor cancelled."""
    query = select(Order).where(
        Order.source_id.in_(source_ids), Order.cancelled_at.is_(None), Order.last_day >= context.today()
    )
    found: dict[int, list[Order]] = {}
    for order in context.session().scalars(query.order_by(Order.id)):
        found.setdefault(order.source_id or 0, []).append(order)
    return found


def _form(typed: Any, error: InvalidInputError | None = None) -> str:
    rights = context.rights()
    if not rights.holds(Role.OFFICE):
        rights.require(Role.OFFICE, next(iter(rights.tree.units)))
    units = rights.units_for(Role.OFFICE, context.today())
    return render_template(
        "office/relay_form.html",
        typed=typed,
        units=[(str(unit.id), unit.name) for unit in units],
        problem={"field": error.field or "name", "message": message_of(error)} if error else None,
    )
