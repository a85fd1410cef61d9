"""Ordering a bulletin or a relay, changing an order with a look at what would change, cancelling it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content import phrases
from content.contracts.airings import Level, State
from content.errors import ConflictError, ForbiddenError, InvalidInputError
from content.models.bulletin import Bulletin, BulletinKind
from content.models.people import Role
from scheduler import board, orders, planning, relays
from scheduler.models.order import Order
from scheduler.models.relay import RelaySource
from scheduler.previews import preview
from scheduler.reasons import KNOWN
from scheduler.rules import Rules
from web import context, forms, order_form, order_words, places, refusals
from web.errors import message_of
from web.idents import standing_idents
from web.office.blueprint import office
from web.order_form import BESIDE, Subject, Ticked


@office.get("/ban-tin/<int:bulletin_id>/lenh-phat")
def new_order(bulletin_id: int) -> ResponseReturnValue:
    """Show the form: which wards, which days, how often."""
    return _empty(Subject(bulletin=_approved(bulletin_id)))


@office.post("/ban-tin/<int:bulletin_id>/lenh-phat")
def place_order(bulletin_id: int) -> ResponseReturnValue:
    """Place the order and plan it at once."""
    return _place(Subject(bulletin=_approved(bulletin_id)))


@office.post("/ban-tin/<int:bulletin_id>/lenh-phat/xem-truoc")
def preview_order(bulletin_id: int) -> ResponseReturnValue:
    """Answer what the order would change; nothing is kept."""
    return _look(Subject(bulletin=_approved(bulletin_id)))


@office.get("/tiep-am/<int:source_id>/lenh-phat")
def new_relay_order(source_id: int) -> ResponseReturnValue:
    """Show the form of an order that relays a source."""
    return _empty(Subject(source=_permitted(source_id)))


@office.post("/tiep-am/<int:source_id>/lenh-phat")
def place_relay_order(source_id: int) -> ResponseReturnValue:
    """Place the order of a relay and plan it at once."""
    return _place(Subject(source=_permitted(source_id)))


@office.post("/tiep-am/<int:source_id>/lenh-phat/xem-truoc")
def preview_relay_order(source_id: int) -> ResponseReturnValue:
    """Answer what the relay would change; nothing is kept."""
    return _look(Subject(source=_permitted(source_id)))


@office.get("/lenh-phat/<int:order_id>/sua")
def edit_order(order_id: int) -> ResponseReturnValue:
    """Show the form of an order that stands, as it is."""
    return _empty(_standing(order_id))


@office.post("/lenh-phat/<int:order_id>/sua")
def change_order(order_id: int) -> ResponseReturnValue:
    """Let the order ask for what the form says, and plan it at once."""
    subject, session, now = _standing(order_id), context.session(), context.now()
    order = _order_of(subject)
    before = len(orders.still_out(session, now, order_id=order.id))
    try:
        wished = order_form.wish(subject)
        orders.change_order(session, order, wished, by=context.person(), rules=_rules(), now=now)
    except InvalidInputError as error:
        return _refused(subject, error), 422
    planned = planning.plan(session, now, _rules(), standing_idents)
    _tell(planned, order, gettext("Đã sửa lệnh phát số %(id)s.", id=order.id))
    out = len(orders.still_out(session, now, order_id=order.id)) - before
    if out > 0:
        told = gettext(
            "%(n)d lượt trạm đã nhận được gọi về; trạm nào còn có thể phát thì hiện dưới đây.", n=out
        )
        flash(told, "warning")
    return redirect(url_for("office.airings", lenh=order.id), 303)


@office.post("/lenh-phat/<int:order_id>/sua/xem-truoc")
def preview_change(order_id: int) -> ResponseReturnValue:
    """Answer what the change would move; nothing is kept."""
    return _look(_standing(order_id))


@office.post("/lenh-phat/<int:order_id>/huy")
def cancel_order(order_id: int) -> ResponseReturnValue:
    """Cancel an order; what stations already hold is called back."""
    session = context.session()
    order = orders.get(session, order_id)
    back = _page_of(order)
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
        return redirect(back, 303)
    flash(gettext("Đã hủy lệnh phát."), "success")
    return redirect(back, 303)


def _page_of(order: Order) -> str:
    """Return the page an order is cancelled from, if the person may cancel it."""
    if order.bulletin_id is not None:
        return url_for("office.bulletin", bulletin_id=_orderable(order.bulletin_id).id)
    source = relays.get(context.session(), order.source_id or 0)
    for unit in order.units:
        context.rights().require(Role.OFFICE, unit.unit_id)
    if not order.units:
        context.rights().require(Role.OFFICE, source.unit_id)
    return url_for("office.relays")


def _empty(subject: Subject) -> str:
    return _form(subject, subject.proposal(context.today()), Ticked.at_first(subject.order))


def _place(subject: Subject) -> ResponseReturnValue:
    session, now, rules = context.session(), context.now(), _rules()
    try:
        order = orders.place_order(
            session, order_form.wish(subject), by=context.person(), rules=rules, now=now
        )
    except InvalidInputError as error:
        return _refused(subject, error), 422
    planned = planning.plan(session, now, rules, standing_idents)
    _tell(planned, order, gettext("Đã đặt lệnh phát."))
    return redirect(url_for("office.airings", lenh=order.id), 303)


def _look(subject: Subject) -> ResponseReturnValue:
    looked: dict[str, Any]
    try:
        found = preview(
            context.session(),
            order_form.wish(subject),
            rules=_rules(),
            now=context.now(),
            idents=standing_idents,
            order=subject.order,
        )
        looked = order_words.told(found, {one.name: one.title for one in places.seen_stations()})
    except InvalidInputError as error:
        looked = {"problem": _problem(error), "unit_id": _first_unit()}
    if request.headers.get("HX-Request"):
        return render_template("office/order_preview.html", looked=looked)
    return _again(subject, looked=looked)


def _tell(planned: planning.PlanResult, order: Order, said: str) -> None:
    """Say what was placed, and what found no place and why."""
    coming = [row for row in board.of_order(context.session(), order.id) if row.rank < State.ON_AIR.rank]
    placed = sum(row.recalled_at is None for row in coming)
    flash(
        gettext("%(said)s %(n)d lượt phát đã xếp.", said=said, n=placed), "success" if placed else "warning"
    )
    left = [hearing for hearing in planned.unplaced if hearing.order == order.id]
    if left:
        days = sorted({hearing.due for hearing in left})
        reasons = sorted({gettext(KNOWN.get(hearing.reason, hearing.reason)) for hearing in left})
        flash(
            gettext(
                "%(n)d lượt chưa có chỗ, từ ngày %(first)s đến %(last)s: %(why)s. "
                "Hệ thống tự xếp khi có chỗ; mở từng trạm ở Tuần phát để xem vì sao.",
                n=len(left),
                first=f"{days[0]:%d/%m}",
                last=f"{days[-1]:%d/%m}",
                why="; ".join(reasons),
            ),
            "warning",
        )


def _standing(order_id: int) -> Subject:
    """Return an order that the person may change, with what it orders: his are all the units it names."""
    session = context.session()
    order = orders.get(session, order_id)
    for unit in order.units:
        context.rights().require(Role.OFFICE, unit.unit_id)
    if not set(order.tags) <= order_form.tags_to_order().keys():
        raise ForbiddenError("Lệnh này tới các đơn vị theo nhãn ngoài phạm vi của bạn.")
    if order.cancelled_at is not None or order.level == Level.EMERGENCY or order.last_day < context.today():
        raise ConflictError("Lệnh này đã hủy, đã hết hạn hoặc là lệnh khẩn cấp nên không sửa được.")
    if order.bulletin_id is not None:
        return Subject(bulletin=_approved(order.bulletin_id), order=order)
    return Subject(source=_permitted(order.source_id or 0), order=order)


def _order_of(subject: Subject) -> Order:
    if subject.order is None:
        raise ValueError("nothing is being changed")
    return subject.order


def _refused(subject: Subject, error: InvalidInputError) -> str:
    """Return the form with what was refused, and the way to an exception where a rule was broken."""
    looked = {"problem": _problem(error), "unit_id": _first_unit()} if "rule" in error.facts else None
    return _again(subject, error=error, looked=looked)


def _rules() -> Rules:
    return Rules.of(context.house().settings)


def _permitted(source_id: int) -> RelaySource:
    source = relays.get(context.session(), source_id)
    if not context.rights().holds(Role.OFFICE) or not places.sees(source.unit_id):
        context.rights().require(Role.OFFICE, source.unit_id)
    if not relays.is_permitted(source, context.now()):
        raise ConflictError("Nguồn tiếp âm này chưa được cho phép hoặc đã hết phép.")
    return source


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
    if phrases.of_bulletin(context.session(), found.id) is not None:
        raise ConflictError("Câu khẩn cấp không đặt lệnh phát; hãy phát ở trang Khẩn cấp.")
    return found


def _problem(error: InvalidInputError) -> dict[str, Any]:
    return refusals.told(error, BESIDE.get(error.field or "", error.field or ""))


def _first_unit() -> int | None:
    """Return the first unit ticked, for whom an exception would be asked."""
    return next((int(one) for one in request.form.getlist("units") if one.isdecimal()), None)


def _again(
    subject: Subject, *, error: InvalidInputError | None = None, looked: dict[str, Any] | None = None
) -> str:
    return _form(subject, request.form, Ticked.sent(), error=error, looked=looked)


def _form(
    subject: Subject,
    typed: Any,
    ticked: Ticked,
    *,
    error: InvalidInputError | None = None,
    looked: dict[str, Any] | None = None,
) -> str:
    return render_template(
        "office/order.html",
        bulletin=subject.bulletin,
        source=subject.source,
        revision=subject.bulletin.latest if subject.bulletin else None,
        typed=typed,
        levels=len(subject.levels),
        ticked=ticked,
        order=subject.order,
        problem=_problem(error) if error else None,
        looked=looked,
        stand_ins=order_form.stand_ins() if subject.source else [],
        **order_form.offered(),
    )
