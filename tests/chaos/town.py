"""A town to be tormented: stations with their windows, bulletins approved, orders that owe airings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from content.contracts.signing import PrivateKey
from content.models.bulletin import Bulletin
from content.models.unit import Unit
from scheduler.models.order import Order, OrderUnit
from scheduler.models.station import Station
from scheduler.models.window import Window
from tests.chaos.centre import Centre
from tests.scheduler.factories import make_bulletin, make_order

KEY = PrivateKey(bytes(range(1, 33)))
"""All stations sign with one key: keys are not what is tormented here."""
STARTS = ("07:00", "17:00")
MINUTES = 45


@dataclass(frozen=True)
class Town:
    """What was built: `stations` by name, each of them owed `orders` airings on each of `days`."""

    stations: tuple[str, ...]
    days: tuple[date, ...]
    orders: int

    @property
    def owed(self) -> int:
        """How many airings must come to be, each once."""
        return len(self.stations) * len(self.days) * self.orders


def token_of(station: str) -> str:
    """Return the token that a station shows."""
    return f"token-of-{station}"


def build(centre: Centre, *, stations: int, orders: int, days: int) -> Town:
    """Fill the centre; its clock is brought to the small hours of the first day."""
    zone = centre.house.settings.zone
    first = centre.house.today(centre.clock.now()) + timedelta(days=1)
    early = datetime.combine(first, time(4, 0), zone)
    centre.step(early - centre.clock.now())
    town = Town(
        tuple(f"tram-{number}" for number in range(stations)),
        tuple(first + timedelta(days=number) for number in range(days)),
        orders,
    )
    with centre.database.writing() as session:
        city = _units(session, town)
        _stations(session, town, centre.clock.now())
        for _ in range(orders):
            _order(session, city, town)
    return town


def _units(session: Session, town: Town) -> Unit:
    begun = date(2020, 1, 1)
    city = Unit(slug="thanh-pho", name="Thành phố", kind="city", valid_from=begun)
    session.add(city)
    session.flush()
    wards = [
        {"slug": name, "name": name, "kind": "ward", "valid_from": begun, "parent_id": city.id}
        for name in town.stations
    ]
    session.execute(insert(Unit), wards)
    return city


def _stations(session: Session, town: Town, now: datetime) -> None:
    ids = {unit.slug: unit.id for unit in session.query(Unit)}
    rows = [
        {
            "name": name,
            "unit_id": ids[name],
            "title": name,
            "public_key": KEY.public.raw.hex(),
            "token_sha256": hashlib.sha256(token_of(name).encode()).hexdigest(),
            "mode": "rehearsal",
            "created_at": now,
            "enrolled_at": now,
        }
        for name in town.stations
    ]
    session.execute(insert(Station), rows)
    windows = [
        {
            "station": name,
            "title": start,
            "rrule": "FREQ=DAILY",
            "local_start": start,
            "budget_ms": MINUTES * 60_000,
            "first_day": town.days[0],
            "enforce_limits": False,
            "created_at": now,
        }
        for name in town.stations
        for start in STARTS
    ]
    session.execute(insert(Window), windows)


def _order(session: Session, city: Unit, town: Town) -> Order:
    first, last = town.days[0], town.days[-1]
    bulletin: Bulletin = make_bulletin(session, city, seconds=30, valid_from=first, valid_to=last)
    made = make_order(session, bulletin, [], first_day=first, last_day=last)
    session.add(OrderUnit(order_id=made.id, unit_id=city.id))
    session.flush()
    return made
