"""Notices: what went wrong at the wards, where it is told, and what became of each telling."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import InvalidInputError
from content.models.people import Role
from web import context, errors, forms
from web.live import fragment
from web.notices import contacts, filing
from web.notices.models import NoticeDelivery
from web.office.blueprint import office

SHOWN = 60
KEEPERS = (Role.OFFICE, Role.OPERATOR, Role.ADMIN)
"""Who may keep the addresses of a unit."""


@office.get("/thong-bao")
def notices() -> ResponseReturnValue:
    """Show what is unseen, the addresses, and the log."""
    return render_template("office/notices.html", **_shown(), **_addresses(), errors={})


@office.get("/thong-bao/live")
def notices_live() -> ResponseReturnValue:
    """Answer the part that changes by itself."""
    return fragment(render_template("office/notices_live.html", **_shown()))


@office.post("/thong-bao/da-xem")
def see_notices() -> ResponseReturnValue:
    """Mark one notice, or all, as seen."""
    session, given, units = context.session(), forms.text(request.form, "notice"), _units()
    mine = {notice.id for notice in filing.unseen(session, units, context.now())}
    chosen = mine if given == "all" else {number for number in mine if str(number) == given}
    filing.mark_seen(session, chosen, units, by=context.person().login, now=context.now())
    return _back()


@office.post("/thong-bao/dia-chi")
def add_contact() -> ResponseReturnValue:
    """Keep an address of a unit; the secret of a webhook is shown once."""
    form, session = request.form, context.session()
    try:
        unit_id = _keepable(forms.text(form, "unit"))
        contact = contacts.add(
            session,
            unit_id,
            forms.text(form, "way"),
            forms.text(form, "address"),
            below=bool(form.get("below")),
            by=context.person().login,
            now=context.now(),
        )
    except InvalidInputError as error:
        told = {error.field or "address": errors.message_of(error)}
        return render_template("office/notices.html", **_shown(), **_addresses(), errors=told), 422
    if contact.secret is None:
        flash(gettext("Đã thêm địa chỉ. Bấm Gửi thử để chắc là tới."), "success")
        return _back()
    return render_template(
        "office/notices.html", **_shown(), **_addresses(), errors={}, secret=contact.secret
    )


@office.post("/thong-bao/dia-chi/<int:contact_id>/bo")
def end_contact(contact_id: int) -> ResponseReturnValue:
    """Take an address out of use."""
    contact = contacts.get(context.session(), contact_id)
    _require(contact.unit_id)
    contacts.end(context.session(), contact, by=context.person().login, now=context.now())
    flash(gettext("Đã bỏ địa chỉ %(address)s.", address=contact.address), "success")
    return _back()


@office.post("/thong-bao/dia-chi/<int:contact_id>/gui-thu")
def try_contact(contact_id: int) -> ResponseReturnValue:
    """Send a test to one address, the same way as everything else goes."""
    session = context.session()
    contact = contacts.get(session, contact_id)
    _require(contact.unit_id)
    filing.file_test(session, contact, by=context.person().login, now=context.now())
    flash(gettext("Đang gửi thử; kết quả hiện ở nhật ký bên dưới trong vài giây."), "info")
    return _back()


@office.post("/thong-bao/gui-lai/<int:delivery_id>")
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Have a delivery tried anew that failed, or of which nobody knows."""
    session = context.session()
    delivery = session.get(NoticeDelivery, delivery_id)
    if delivery is not None:
        _require(delivery.contact.unit_id)
    filing.send_again(session, delivery_id, context.now())
    return _back()


def unseen_notices() -> int:
    """Return how many notices wait for the person, for the bell on every page."""
    return filing.count_unseen(context.session(), _units(), context.now())


def _shown() -> dict[str, Any]:
    session, now = context.session(), context.now()
    return {
        "unseen": filing.unseen(session, _units(), now),
        "recent": filing.recent(session, _units(), most=SHOWN),
        "keepable": context.rights().unit_ids(*KEEPERS),
    }


def _addresses() -> dict[str, Any]:
    rights, day = context.rights(), context.today()
    units = {unit.id: unit for role in KEEPERS for unit in rights.units_for(role, day)}
    known = sorted(units.values(), key=lambda unit: (len(rights.tree.path(unit.id)), unit.name))
    return {
        "contacts": contacts.contacts_of(context.session(), set(units)),
        "units": known,
        "unit_options": [(unit.id, unit.name) for unit in known],
        "form": request.form,
        "mail_ready": context.house().settings.smtp_host is not None,
    }


def _units() -> set[int]:
    return context.rights().unit_ids(*Role)


def _keepable(given: str) -> int:
    try:
        unit_id = forms.identifier(given)
    except ValueError as error:
        raise InvalidInputError("Hãy chọn đơn vị.", field="unit") from error
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Hãy chọn đơn vị.", field="unit")
    _require(unit_id)
    return unit_id


def _require(unit_id: int) -> None:
    rights = context.rights()
    role = next((role for role in KEEPERS if rights.may(role, unit_id)), Role.OFFICE)
    rights.require(role, unit_id)


def _back() -> ResponseReturnValue:
    return redirect(url_for("office.notices"), 303)
