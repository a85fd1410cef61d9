"""Which stations may still play what a recall, a cancelled order or an ended permission called back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from content.errors import NotFoundError
from scheduler import orders, relays
from web import called_back, context, live, places
from web.office.blueprint import office
from web.office.bulletins import visible


@office.get("/con-phat/<kind>/<int:number>")
def still_out(kind: str, number: int) -> ResponseReturnValue:
    """Answer the part of a page that tells where it may still sound."""
    if kind not in called_back.WHICH:
        raise NotFoundError("Không có trang này.")
    _require_sight(kind, number)
    return live.fragment(render_template("office/still_out.html", out=called_back.found(kind, number)))


def _require_sight(kind: str, number: int) -> None:
    """Keep to what the person may see; of an order the rows themselves are sifted."""
    session = context.session()
    if kind == called_back.BULLETIN:
        visible(number)
    elif kind == called_back.ORDER:
        orders.get(session, number)
    elif not places.sees(relays.get(session, number).unit_id):
        raise NotFoundError("Không có nguồn tiếp âm số {id}.", id=number)
