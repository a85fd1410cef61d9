"""Where something may still sound that was called back, told for the pages of the office."""

from __future__ import annotations

from typing import Any

from content.models.people import Role
from scheduler import orders
from scheduler.models.order import Order
from scheduler.stations import connection
from web import context

BULLETIN, ORDER, SOURCE = "ban-tin", "lenh", "nguon"
WHICH = {BULLETIN: "bulletin_id", ORDER: "order_id", SOURCE: "source_id"}
"""Kind, as it stands in addresses → what it is asked by."""


def found(kind: str, number: int) -> dict[str, Any]:
    """Return what the template `still_out.html` tells: rows, connections, and where to ask again."""
    now = context.now()
    rows = orders.still_out(context.session(), now, **{WHICH[kind]: number})
    if kind == ORDER:
        seen = context.rights().unit_ids(*Role)
        rows = [row for row in rows if row.airing.unit_id in seen]
    return {
        "kind": kind,
        "number": number,
        "rows": rows,
        "stations": len({row.airing.station for row in rows}),
        "connections": {row.airing.station: connection(row.station, now) for row in rows},
    }


def of_order(order_id: int) -> dict[str, Any] | None:
    """Return the same for an order; None where nothing was called back."""
    order = context.session().get(Order, order_id)
    told = found(ORDER, order_id) if order is not None else None
    return told if told and (told["rows"] or (order and order.cancelled_at)) else None


def of_bulletin(bulletin_id: int, *, recalled: bool) -> dict[str, Any] | None:
    """Return the same for a bulletin; `recalled` tells whether it, or an order of it, was taken back."""
    told = found(BULLETIN, bulletin_id)
    return told if told["rows"] or recalled else None


def of_source(source_id: int) -> dict[str, Any] | None:
    """Return the same for a relay source."""
    told = found(SOURCE, source_id)
    return told if told["rows"] else None
