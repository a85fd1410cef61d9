"""Picks: what a ward chose to hear on a day, in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.people import Role, User
from content.rights import rights_of
from scheduler.idents import no_idents
from scheduler.models.pick import Pick
from scheduler.models.station import Station
from scheduler.picture import read_picture
from scheduler.reach import Reach
from scheduler.rules import Rules

MOST_PICKS = 50
FILLS = ("auto", "ward")
FILLERS = (Role.OPERATOR, Role.OFFICE, Role.ADMIN)
"""Who may say how a station is filled."""


def choices(session: Session, station: Station, day: date, *, rules: Rules, now: datetime) -> list[int]:
    """Return the bulletins a ward may pick from on a day: of normal orders that reach it, by order."""
    reach = Reach(read_picture(session, now, rules, no_idents), rules, rules.day_of(now))
    found = [
        demand.ticket.bulletin
        for demand in reach.orders(station.unit_id, day)
        if demand.level == Level.NORMAL and demand.ticket and demand.ticket.bulletin
    ]
    return list(dict.fromkeys(number for number in found if number is not None))


def picks_of(session: Session, station: Station, day: date) -> list[Pick]:
    """Return what was picked for a day, in its order."""
    query = select(Pick).where(Pick.station == station.name, Pick.day == day)
    return list(session.scalars(query.order_by(Pick.position, Pick.id)))


def set_picks(
    session: Session,
    station: Station,
    day: date,
    bulletin_ids: Sequence[int],
    *,
    by: User,
    rules: Rules,
    now: datetime,
) -> list[Pick]:
    """Let a ward hear these bulletins on `day`, in this order, in place of what it picked before.

    Only orders of normal level that reach the station on the day are picked from.
    """
    rights_of(session, by).require(Role.OPERATOR, station.unit_id)
    if day < rules.day_of(now):
        raise InvalidInputError("Ngày này đã qua.", field="day")
    if len(set(bulletin_ids)) < len(bulletin_ids) or len(bulletin_ids) > MOST_PICKS:
        raise InvalidInputError(
            "Mỗi bản tin chọn một lần, nhiều nhất {most} bản.", field="picks", most=MOST_PICKS
        )
    allowed = set(choices(session, station, day, rules=rules, now=now)) if bulletin_ids else set()
    if not set(bulletin_ids) <= allowed:
        raise InvalidInputError("Bản tin này không có lệnh phát ở trạm trong ngày.", field="picks")
    session.execute(delete(Pick).where(Pick.station == station.name, Pick.day == day))
    session.add_all(
        Pick(station=station.name, day=day, position=n, bulletin_id=number, picked_by=by.id, picked_at=now)
        for n, number in enumerate(bulletin_ids, 1)
    )
    session.flush()
    _note(
        session, "station.picks", station, by=by, now=now, day=day.isoformat(), bulletins=list(bulletin_ids)
    )
    return picks_of(session, station, day)


def set_fill(session: Session, station: Station, fill: str, *, by: User, now: datetime) -> None:
    """Say whether the planner fills what the ward has not chosen (`auto`) or leaves it empty (`ward`)."""
    if fill not in FILLS:
        raise InvalidInputError("Hãy chọn cách xếp lịch của trạm.", field="fill")
    rights = rights_of(session, by)
    if not any(rights.may(role, station.unit_id) for role in FILLERS):
        rights.require(Role.OPERATOR, station.unit_id)
    station.fill = fill
    _note(session, "station.fill", station, by=by, now=now, fill=fill)


def _note(
    session: Session, action: str, station: Station, *, by: User, now: datetime, **more: object
) -> None:
    audit.record(session, action, actor=by.login, subject=f"station:{station.name}", now=now, **more)
