"""Why something did not sound at a station on a day, for what has no page of its own."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import InvalidInputError, NotFoundError
from content.models.people import Role
from scheduler import stations
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.why import why
from web import context, forms
from web.office.blueprint import office
from web.why_words import told


@office.get("/vi-sao")
def explain() -> ResponseReturnValue:
    """Show the chain of an order (or a bulletin) at a station on a day."""
    station, day = seen_station(request.args.get("station", "")), forms.day_asked("day", context.today())
    order_id = request.args.get("order", type=forms.identifier)
    bulletin_id = request.args.get("bulletin", type=forms.identifier)
    if order_id is None and bulletin_id is None:
        raise InvalidInputError("Hãy cho biết số lệnh phát hoặc số bản tin.", field="order")
    found = why(
        context.session(),
        station=station.name,
        order_id=order_id,
        bulletin_id=bulletin_id,
        day=day,
        now=context.now(),
        rules=Rules.of(context.house().settings),
        tree=context.rights().tree,
    )
    subject = (
        gettext("lệnh phát số %(id)s", id=order_id)
        if order_id
        else gettext("bản tin số %(id)s", id=bulletin_id)
    )
    return render_template("office/why.html", chain=told(found), station=station, day=day, subject=subject)


def seen_station(name: str) -> Station:
    """Return a station of a unit the person works for, or raise NotFoundError."""
    station = stations.get(context.session(), name)
    if station.unit_id not in context.rights().unit_ids(*Role):
        raise NotFoundError("Không có trạm “{name}”.", name=name[:80])
    return station
