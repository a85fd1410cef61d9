"""What may be asked of a station and a day when no number is known: the orders that stand on it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models.bulletin import Bulletin
from content.units import Tree
from scheduler import homes
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.relay import RelaySource
from scheduler.models.station import Station
from scheduler.why.asking import reaches

MOST = 60
LOOKED_AT = 1000
"""Orders of a day that are looked at, the newest: a list is for picking from."""


class Choice(NamedTuple):
    """An order that may be asked about: its title, whether it reaches the station, airings it has there."""

    order: int
    title: str
    reaches: bool
    airings: int


def choices(session: Session, station: Station, day: date, tree: Tree) -> list[Choice]:
    """Return the orders of a local day, those that reach the station first, the newest first; at most MOST.

    Cancelled ones are among them: they may be the very reason.
    """
    home = homes.unit_on(session, tree, station, day)
    query = select(Order).where(Order.first_day <= day, Order.last_day >= day)
    orders = session.scalars(query.order_by(Order.id.desc()).limit(LOOKED_AT)).all()
    told = [(order, reaches(tree, order, home, day)) for order in orders]
    shown = sorted(told, key=lambda pair: not pair[1])[:MOST]
    counts = _airings(session, station, day)
    return [Choice(order.id, _title(session, order), near, counts.get(order.id, 0)) for order, near in shown]


def _airings(session: Session, station: Station, day: date) -> dict[int, int]:
    found: dict[int, int] = {}
    query = select(Airing.order_id).where(Airing.station == station.name, Airing.due == day)
    for order_id in session.scalars(query.where(Airing.order_id.is_not(None))):
        found[order_id or 0] = found.get(order_id or 0, 0) + 1
    return found


def _title(session: Session, order: Order) -> str:
    if order.bulletin_id is not None:
        return session.get_one(Bulletin, order.bulletin_id).latest.title
    return session.get_one(RelaySource, order.source_id).name
