"""Where something may still sound that was called back, told for the pages of the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from content.models.people import Role
from scheduler import orders
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.stations import Connection, connection
from web import context

BULLETIN, ORDER, SOURCE = "ban-tin", "lenh", "nguon"
WHICH = {BULLETIN: "bulletin_id", ORDER: "order_id", SOURCE: "source_id"}
"""Kind, as it stands in addresses → what it is asked by."""
FEW = 3


class Holder(NamedTuple):
    """A station that may still play something: its nearest airings, how many more, how it is connected."""

    station: Station
    connection: Connection
    airings: list[Airing]
    more: int


def found(kind: str, number: int) -> dict[str, Any]:
    """Return what the template `still_out.html` tells: the stations, and where to ask again."""
    now = context.now()
    rows = orders.still_out(context.session(), now, **{WHICH[kind]: number})
    if kind == ORDER:
        seen = context.rights().unit_ids(*Role)
        rows = [row for row in rows if row.airing.unit_id in seen]
    return {
        "kind": kind,
        "number": number,
        "holders": _holders(rows, now),
    }


def _holders(rows: list[orders.StillOut], now: datetime) -> list[Holder]:
    """Return the stations, that first which may sound first."""
    held: dict[str, list[Airing]] = {}
    for row in rows:
        held.setdefault(row.station.name, []).append(row.airing)
    stations = {row.station.name: row.station for row in rows}
    return [
        Holder(stations[name], connection(stations[name], now), airings[:FEW], len(airings[FEW:]))
        for name, airings in held.items()
    ]


def of_order(order_id: int) -> dict[str, Any] | None:
    """Return the same for an order; None where nothing was called back."""
    order = context.session().get(Order, order_id)
    told = found(ORDER, order_id) if order is not None else None
    return told if told and (told["holders"] or (order and order.cancelled_at)) else None


def of_bulletin(bulletin_id: int, *, recalled: bool) -> dict[str, Any] | None:
    """Return the same for a bulletin; `recalled` tells whether it, or an order of it, was taken back."""
    told = found(BULLETIN, bulletin_id)
    return told if told["holders"] or recalled else None


def of_source(source_id: int) -> dict[str, Any] | None:
    """Return the same for a relay source."""
    told = found(SOURCE, source_id)
    return told if told["holders"] else None
