"""Ordering a bulletin to wards, and cancelling an order."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content.contracts.airings import Level
from content.errors import ConflictError, InvalidInputError
from content.models.bulletin import Bulletin, BulletinKind
from content.models.people import Role
from content.units import load_tree
from scheduler import board, orders, planning
from scheduler.models.order import Order
from scheduler.rules import Rules
from scheduler.wishes import Wish
from web import context, forms
from web.errors import message_of
from web.idents import standing_idents
from web.office.blueprint import office

_BESIDE: dict[str | None, str] = {"units": "unit_ids", "bulletin_id": "unit_ids"}
"""Where the page tells of a part of the order that is no field of its own."""


@office.get("/ban-tin/<int:bulletin_id>/lenh-phat")
def new_order(bulletin_id: int) -> ResponseReturnValue:
    """Show the form: which wards, which days, how often."""
    found = _approved(bulletin_id)
    typed = {
        "first_day": max(context.today(), found.latest.valid_from).isoformat(),
        "last_day": found.latest.valid_to.isoformat(),
        "times_per_day": "1",
        "level": found.latest.level,
    }
    return _form(found, typed, weekdays=set("1234567"), units=set())


@office.post("/ban-tin/<int:bulletin_id>/lenh-phat")
def place_order(bulletin_id: int) -> ResponseReturnValue:
    """Place the order and plan it at once."""
    found, form = _approved(bulletin_id), request.form
    try:
        order = _place(found, _unit_ids())
    except InvalidInputError as error:
        page = _form(
            found, form, weekdays=set(form.getlist("weekdays")), units=set(form.getlist("units")), error=error
        )
        return page, 422
    rules = Rules.of(context.house().settings)
    planned = planning.plan(context.session(), context.now(), rules, standing_idents)
    _tell(planned, order)
    return redirect(url_for("office.airings", lenh=order.id), 303)


def _tell(planned: planning.PlanResult, order: Order) -> None:
    """Say what was placed, and what found no place and why it may."""
    placed = len(board.of_order(context.session(), order.id))
    flash(gettext("Đã đặt lệnh phát; %(n)d lượt phát đã xếp.", n=placed), "success" if placed else "warning")
    left = [hearing for hearing in planned.unplaced if hearing.order == order.id]
    if left:
        days = sorted({hearing.due for hearing in left})
        flash(
            gettext(
                "%(n)d lượt chưa có chỗ, từ ngày %(first)s đến %(last)s: những ngày đó không còn buổi phát "
                "nào đủ thời gian ở trạm. Hệ thống tự xếp khi có chỗ; hoặc đặt giờ cố định, đổi ngày.",
                n=len(left),
                first=f"{days[0]:%d/%m}",
                last=f"{days[-1]:%d/%m}",
            ),
            "warning",
        )


@office.post("/lenh-phat/<int:order_id>/huy")
def cancel_order(order_id: int) -> ResponseReturnValue:
    """Cancel an order; what stations already hold is called back."""
    session = context.session()
    order = orders.get(session, order_id)
    if order.bulletin_id is None:
        raise ConflictError("Lệnh tiếp âm không kèm bản tin nào.")
    found = _orderable(order.bulletin_id)
    try:
        orders.cancel_order(
            session,
            order,
            reason=forms.text(request.form, "reason"),
            by=context.person(),
            now=context.now(),
        )
    except InvalidInputError as error:
        flash(message_of(error), "error")
        return redirect(url_for("office.bulletin", bulletin_id=found.id), 303)
    flash(gettext("Đã hủy lệnh phát."), "success")
    return redirect(url_for("office.bulletin", bulletin_id=found.id), 303)


def _place(found: Bulletin, unit_ids: list[int]) -> Order:
    form = request.form
    wish = Wish(
        bulletin_id=found.id,
        unit_ids=unit_ids,
        first_day=forms.day(form, "first_day", what=gettext("Ngày đầu")),
        last_day=forms.day(form, "last_day", what=gettext("Ngày cuối")),
        weekdays=forms.numbers(form, "weekdays", what=gettext("Thứ trong tuần")),
        times_per_day=forms.number(form, "times_per_day", what=gettext("Số lần mỗi ngày")),
        fixed_times=forms.text(form, "fixed_times").replace(",", " ").split(),
        level=forms.text(form, "level"),
    )
    rules = Rules.of(context.house().settings)
    return orders.place_order(context.session(), wish, by=context.person(), rules=rules, now=context.now())


def _unit_ids() -> list[int]:
    """Return the units ticked, over each of which the person may order."""
    unit_ids = forms.numbers(request.form, "units", what=gettext("Đơn vị"))
    if not unit_ids:
        raise InvalidInputError("Hãy chọn ít nhất một phường.", field="unit_ids")
    for unit_id in unit_ids:
        _require_known(unit_id)
        context.rights().require(Role.OFFICE, unit_id)
    return unit_ids


def _require_known(unit_id: int) -> None:
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_ids")


def _approved(bulletin_id: int) -> Bulletin:
    found = _orderable(bulletin_id)
    if found.latest.approval is None:
        raise ConflictError("Bản tin chưa được duyệt nên chưa đặt lệnh phát được.")
    return found


def _orderable(bulletin_id: int) -> Bulletin:
    found = desk.get(context.session(), bulletin_id)
    context.rights().require(Role.OFFICE, found.unit_id)
    if found.kind == BulletinKind.IDENT:
        raise ConflictError("Nhạc hiệu không đặt lệnh phát riêng; nó đi cùng các buổi phát.")
    return found


def _form(
    found: Bulletin,
    typed: Any,
    *,
    weekdays: set[str],
    units: set[str],
    error: InvalidInputError | None = None,
) -> str:
    tree = load_tree(context.session())
    return render_template(
        "office/order.html",
        bulletin=found,
        revision=found.latest,
        typed=typed,
        levels=list(Level).index(Level(found.latest.level)) + 1,
        weekdays=weekdays,
        chosen=units,
        units=context.rights().units_for(Role.OFFICE, context.today()),
        depth={unit_id: len(tree.path(unit_id)) for unit_id in tree.units},
        problem={"field": _BESIDE.get(error.field, error.field), "message": message_of(error)}
        if error
        else None,
    )
