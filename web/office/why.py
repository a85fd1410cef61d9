"""Why something did not sound at a station on a day, for what has no page of its own: asked by a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content.errors import InvalidInputError, LoaPhuongError, NotFoundError
from content.models.people import Role
from scheduler import stations
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.why import Choice, Why, choices, why
from web import context, forms
from web.errors import STATUS, message_of
from web.office.blueprint import office
from web.why_words import told

MOST_OFFERED = 1000
"""As many stations as a list of proposals may hold."""


@office.get("/vi-sao")
def explain() -> ResponseReturnValue:
    """Show the form, and once it is filled the chain of an order (or a bulletin) at a station on a day.

    Without a number the orders of the day are offered to choose from.
    """
    name, day = request.args.get("station", "").strip(), forms.day_asked("day", context.today())
    order_id = request.args.get("order", type=forms.identifier)
    bulletin_id = request.args.get("bulletin", type=forms.identifier)
    if not name:
        return _page(day)
    try:
        station = seen_station(name)
        if not any(request.args.get(field, "").strip() for field in ("order", "bulletin")):
            return _page(day, station=station, choices=_choices(station, day))
        found = _ask(station, day, order_id, bulletin_id)
    except (InvalidInputError, NotFoundError) as error:
        return _page(day, problem=_problem(error)), STATUS[type(error)]
    return _page(day, chain=told(found), station=station, subject=_subject(order_id, bulletin_id))


def seen_station(name: str) -> Station:
    """Return a station of a unit the person works for, or raise NotFoundError."""
    station = stations.get(context.session(), name)
    if station.unit_id not in context.rights().unit_ids(*Role):
        raise NotFoundError("Không có trạm “{name}”.", name=name[:80])
    return station


def _ask(station: Station, day: date, order_id: int | None, bulletin_id: int | None) -> Why:
    if order_id is None and bulletin_id is None:
        raise InvalidInputError("Hãy cho biết số lệnh phát hoặc số bản tin.", field="order")
    return why(
        context.session(),
        station=station.name,
        order_id=order_id,
        bulletin_id=bulletin_id,
        day=day,
        now=context.now(),
        rules=Rules.of(context.house().settings),
        tree=context.rights().tree,
    )


def _choices(station: Station, day: date) -> list[Choice]:
    return choices(context.session(), station, day, context.rights().tree)


def _subject(order_id: int | None, bulletin_id: int | None) -> str:
    ordered: str = gettext("lệnh phát số %(id)s", id=order_id)
    told_of: str = gettext("bản tin số %(id)s", id=bulletin_id)
    return ordered if order_id else told_of


def _problem(error: LoaPhuongError) -> dict[str, str]:
    """Return beside which field a refusal stands, and its words."""
    field = error.field if isinstance(error, InvalidInputError) and error.field else "station"
    if isinstance(error, NotFoundError) and "id" in error.facts:
        field = "order" if request.args.get("order") else "bulletin"
    return {field: message_of(error)}


def _page(day: date, **more: Any) -> str:
    shown = {"chain": None, "station": None, "subject": None, "choices": None, "problem": {}, **more}
    asked = {name: request.args.get(name, "") for name in ("station", "order", "bulletin")}
    return render_template("office/why.html", day=day, asked=asked, stations=_offered(), **shown)


def _offered() -> list[tuple[str, str]]:
    """Return (name, title) of the stations the person may ask about, when they are not too many to list."""
    seen = context.rights().unit_ids(*Role)
    query = select(Station.name, Station.title).where(Station.unit_id.in_(seen))
    found = context.session().execute(query.order_by(Station.title).limit(MOST_OFFERED + 1)).all()
    return [(name, title) for name, title in found] if len(found) <= MOST_OFFERED else []
