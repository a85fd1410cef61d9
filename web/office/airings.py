"""Airings: a day's list by ward, and the whole story of one."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from content.errors import ForbiddenError, NotFoundError
from content.models.people import Role
from scheduler import board
from scheduler.rules import Rules
from scheduler.why import why
from web import called_back, context, forms
from web.live import fragment
from web.office.blueprint import office
from web.office.bulletins import visible
from web.why_words import told


@office.get("/luot-phat")
def airings() -> ResponseReturnValue:
    """List a day's airings at the wards the person sees, or those of one order."""
    session, seen = context.session(), context.rights().unit_ids(*Role)
    order_id = request.args.get("lenh", type=forms.identifier)
    if order_id is not None:
        found = [a for a in board.of_order(session, order_id) if a.unit_id in seen]
        return render_template(
            "office/airings.html",
            airings=found,
            order_id=order_id,
            tree=context.rights().tree,
            out=called_back.of_order(order_id),
        )
    day = forms.day_asked("ngay", context.today())
    unit_id = request.args.get("don-vi", type=forms.identifier)
    wanted = {unit_id} & seen if unit_id is not None else seen
    rows = board.day_of_units(session, wanted, day, zone=context.house().settings.zone)
    page = "office/airings_rows.html" if request.args.get("phan") else "office/airings.html"
    html = render_template(
        page,
        airings=rows,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        is_today=day == context.today(),
        unit_id=unit_id,
        units=[u for u in context.rights().tree.units.values() if u.id in seen and u.in_being(day)],
        order_id=None,
        tree=context.rights().tree,
    )
    return fragment(html) if request.args.get("phan") else html


@office.get("/luot-phat/<airing_id>")
def airing(airing_id: str) -> ResponseReturnValue:
    """Show one airing: why it is so, every state with its time, the station's own lines and their seal."""
    story = board.story(context.session(), airing_id, context.now())
    if story.airing.unit_id not in context.rights().unit_ids(*Role):
        raise NotFoundError("Không có lượt phát này, hoặc lượt phát ở đơn vị bạn không phụ trách.")
    found = why(
        context.session(),
        airing_id=airing_id,
        now=context.now(),
        rules=Rules.of(context.house().settings),
        tree=context.rights().tree,
    )
    return render_template(
        "office/airing.html",
        story=story,
        airing=story.airing,
        tree=context.rights().tree,
        may_open=_may_open(story.airing.bulletin_id),
        chain=told(found),
    )


def _may_open(bulletin_id: int | None) -> bool:
    """Tell whether there is a bulletin behind the airing that the person may see."""
    try:
        return bulletin_id is not None and visible(bulletin_id) is not None
    except ForbiddenError:
        return False
