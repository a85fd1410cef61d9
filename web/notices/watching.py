"""Finding what is to be told: a look over airings, alarms and stations.  Nothing is written here.

What grows (steps of airings, alarms) is read from a cursor on; a little of what lies before it is read
again, for on PostgreSQL a lower number may be committed after a higher one.  What is found twice is kept
once, by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.enrolment import OFFLINE_SECONDS
from content.models.unit import Unit
from scheduler.emergencies import UNSIGNED
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.alarm import Alarm
from scheduler.models.station import Station
from scheduler.proof import SILENCE_GRACE
from web.notices import happenings
from web.notices.alerts import alerts
from web.notices.happenings import FAILED, Happening

READ_AGAIN = 200
AGAIN_FOR = timedelta(minutes=5)
MOST_STEPS = 5_000
DEAF_FROM = 3
"""From so many stations on, all of them silent at once means the centre."""
LOOKED_BACK = timedelta(days=1)
_OFFLINE = timedelta(seconds=OFFLINE_SECONDS)
_IN_USE = (Station.enrolled_at.is_not(None), Station.retired_at.is_(None))


@dataclass(frozen=True)
class Cursor:
    """How far was read: the last step of an airing, and the last alarm."""

    change: int = 0
    alarm: int = 0


def start(session: Session) -> Cursor:
    """Return the cursor of who begins to look: what lies before is not told."""
    change = session.scalar(select(func.max(AiringChange.id)))
    return Cursor(change or 0, session.scalar(select(func.max(Alarm.id))) or 0)


def look(
    session: Session, cursor: Cursor, now: datetime, *, zone: ZoneInfo, settled: bool
) -> tuple[list[Happening], Cursor]:
    """Return what there is to tell, and the cursor for the next look.

    `settled`: the centre has been up long enough for its stations to be heard; before, silence says nothing.
    """
    last = session.scalar(select(func.max(AiringChange.id)).where(AiringChange.id > cursor.change))
    change = min(last or cursor.change, cursor.change + MOST_STEPS)
    raised = _alarms(session, cursor, now)
    found = [
        *_failed(session, cursor, change, now, zone),
        *_raised(session, raised),
        *alerts(session, now, zone),
    ]
    if settled:
        found += _silent(session, now, zone)
    return found, Cursor(change, max([cursor.alarm, *(alarm.id for alarm in raised)]))


def _failed(
    session: Session, cursor: Cursor, change: int, now: datetime, zone: ZoneInfo
) -> Iterator[Happening]:
    query = (
        select(Airing, Station)
        .join(AiringChange, AiringChange.airing == Airing.id)
        .join(Station, Station.name == Airing.station)
        .where(
            AiringChange.id.between(cursor.change - READ_AGAIN, change),
            or_(AiringChange.id > cursor.change, AiringChange.at > now - AGAIN_FOR),
            AiringChange.state.in_([str(state) for state in FAILED]),
        )
        .order_by(AiringChange.id)
    )
    for airing, station in session.execute(query):
        told = happenings.failed_airing(airing, station, now, zone)
        if told is not None:
            yield told


def _alarms(session: Session, cursor: Cursor, now: datetime) -> list[Alarm]:
    late = (Alarm.id > cursor.alarm - READ_AGAIN) & (Alarm.at > now - AGAIN_FOR)
    return list(session.scalars(select(Alarm).where(or_(Alarm.id > cursor.alarm, late)).order_by(Alarm.id)))


def _raised(session: Session, alarms: list[Alarm]) -> Iterator[Happening]:
    names = {alarm.station for alarm in alarms if alarm.station}
    stations = {one.name: one for one in session.scalars(select(Station).where(Station.name.in_(names)))}
    for alarm in alarms:
        if alarm.kind == UNSIGNED:
            # The people of the called wards are told, with who called and why.
            continue
        station = stations.get(alarm.station or "")
        if station is not None:
            yield happenings.raised_alarm(alarm, station)
        else:
            yield from (happenings.alarm_of_all(alarm, unit_id) for unit_id in _roots(session))


def _silent(session: Session, now: datetime, zone: ZoneInfo) -> Iterator[Happening]:
    """Tell of stations that are offline and what they owe; or that nobody at all is heard."""
    heard_at, count = session.execute(select(func.max(Station.heard_at), func.count()).where(*_IN_USE)).one()
    if heard_at is None:
        return
    if count >= DEAF_FROM and heard_at < now - _OFFLINE:
        yield from (happenings.deaf_centre(heard_at, count, unit, zone) for unit in _roots(session))
        return
    since = Station.heard_at.between(now - LOOKED_BACK, now - _OFFLINE)
    silent = {one.name: one for one in session.scalars(select(Station).where(since, *_IN_USE))}
    yield from (happenings.unheard_station(station, zone) for station in silent.values())
    yield from _unreported(session, silent, now, zone)


def _unreported(
    session: Session, silent: dict[str, Station], now: datetime, zone: ZoneInfo
) -> Iterator[Happening]:
    """Tell of the first airing since a station fell silent of which nothing is known."""
    query = select(Airing).where(
        Airing.station.in_(silent),
        Airing.state.in_((str(State.RELEASED), str(State.DUE))),
        Airing.starts_at > now - LOOKED_BACK,
        Airing.not_after < now - SILENCE_GRACE,
        Airing.recalled_at.is_(None),
    )
    owed: dict[str, list[Airing]] = {}
    for airing in session.scalars(query.order_by(Airing.starts_at, Airing.id)) if silent else ():
        owed.setdefault(airing.station, []).append(airing)
    for name, airings in owed.items():
        yield happenings.unreported_airing(airings[0], silent[name], len(airings), zone)


def _roots(session: Session) -> list[int]:
    return list(session.scalars(select(Unit.id).where(Unit.parent_id.is_(None), Unit.valid_to.is_(None))))
