"""Every station at a glance: connection, what it holds, what it plays, what comes, what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.board.airings import still_to_start
from scheduler.models.airing import ON_AIR, Airing
from scheduler.models.alarm import Alarm
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.stations import Connection, connection, connection_of

LOOKED_BACK = timedelta(days=30)
LITTLE_DISK_BYTES = 200_000_000
GAPS = ("gap", "fork")
"""The alarms of a ledger that is not whole at the centre: lines missing, or two under one number."""
_WORST_FIRST = (Connection.OFFLINE, Connection.LATE, Connection.ONLINE, Connection.NEVER)


@dataclass(frozen=True)
class StationLine:
    """A station at a glance; `issued` is the generation signed for it, None before the first.

    `reaches`: how far the manifest goes that it says it holds; `last`: what it sounded last, of a month.
    `lacks_at`: when the first airing comes whose clip it says it has not; `gaps`: open alarms of its ledger.
    """

    station: Station
    connection: Connection
    issued: int | None
    playing: Airing | None
    next: Airing | None
    alarms: int
    reaches: datetime | None = None
    last: Airing | None = None
    lacks_at: datetime | None = None
    gaps: int = 0

    @property
    def up_to_date(self) -> bool:
        """Whether the station says it holds what was signed for it, with every clip."""
        return self.issued is not None and self._holds_all

    @property
    def _holds_all(self) -> bool:
        return self.station.generation >= (self.issued or 0) and not self.station.clips_missing


def stations_overview(
    session: Session, now: datetime, names: Sequence[str] | None = None
) -> list[StationLine]:
    """Return stations in use (of `names` those) at a glance, by name, in six queries however many there are.

    Newest manifest, next and last airing are one step into an index a station, whatever lies behind them.
    """
    issued = select(func.max(Manifest.generation)).where(Manifest.station == Station.name)
    first = select(Airing.id).where(Airing.station == Station.name, *still_to_start(now))
    last = select(Airing.id).where(
        Airing.station == Station.name,
        Airing.starts_at.between(now - LOOKED_BACK, now),
        Airing.started_at.is_not(None),
    )
    held = select(Manifest.to).where(
        Manifest.station == Station.name, Manifest.generation == Station.generation
    )
    query = (
        select(
            Station,
            issued.correlate(Station).scalar_subquery(),
            first.order_by(Airing.starts_at, Airing.id).limit(1).correlate(Station).scalar_subquery(),
            held.correlate(Station).scalar_subquery(),
            last.order_by(Airing.starts_at.desc()).limit(1).correlate(Station).scalar_subquery(),
        )
        .where(Station.retired_at.is_(None))
        .order_by(Station.name)
    )
    rows = session.execute(query if names is None else query.where(Station.name.in_(names))).all()
    shown = _airings(
        session, [one for *_, first, _, last in rows for one in (first, last) if one is not None]
    )
    playing, alarms, gaps = _on_air(session), _alarms(session), _alarms(session, kinds=GAPS)
    lacks = lacking(session, [station for station, *_ in rows], now)
    return [
        StationLine(
            station,
            connection(station, now),
            generation,
            playing.get(station.name),
            shown.get(airing or ""),
            alarms.get(station.name, 0),
            reaches,
            shown.get(sounded or ""),
            lacks.get(station.name),
            gaps.get(station.name, 0),
        )
        for station, generation, airing, reaches, sounded in rows
    ]


@dataclass(frozen=True)
class Glance:
    """As little of a station as counting and choosing need; `troubled`: somebody should look at it."""

    name: str
    title: str
    unit_id: int
    connection: Connection
    troubled: bool


def glances(session: Session, unit_ids: Collection[int], now: datetime) -> list[Glance]:
    """Return the stations in use of the units, worst connection first, then by title; two plain queries."""
    query = select(
        Station.name,
        Station.title,
        Station.unit_id,
        Station.heard_at,
        Station.clock_ok,
        Station.disk_free_bytes,
    ).where(Station.retired_at.is_(None))
    alarmed = _alarms(session)
    found = [
        Glance(
            name,
            title,
            unit_id,
            connection_of(heard_at, now),
            troubled=name in alarmed or clock_ok is False or (free is not None and free < LITTLE_DISK_BYTES),
        )
        for name, title, unit_id, heard_at, clock_ok, free in session.execute(query)
        if unit_id in unit_ids
    ]
    return sorted(found, key=lambda one: (_WORST_FIRST.index(one.connection), one.title, one.name))


def lacking(session: Session, stations: Iterable[Station], now: datetime) -> dict[str, datetime]:
    """Return station → when the first airing comes whose clip it says it has not; one query at most."""
    missing = {one.name: set(one.clips_missing) for one in stations if one.clips_missing}
    if not missing:
        return {}
    query = (
        select(Airing.station, Airing.clip_sha256, func.min(Airing.starts_at))
        .where(Airing.station.in_(list(missing)), *still_to_start(now))
        .group_by(Airing.station, Airing.clip_sha256)
    )
    found: dict[str, datetime] = {}
    for station, clip, at in session.execute(query):
        if clip in missing[station]:
            found[station] = min(at, found.get(station, at))
    return found


def _airings(session: Session, ids: Iterable[str]) -> dict[str, Airing]:
    return {row.id: row for row in session.scalars(select(Airing).where(Airing.id.in_(list(ids))))}


def _on_air(session: Session) -> dict[str, Airing]:
    query = select(Airing).where(ON_AIR).order_by(Airing.starts_at)
    return {airing.station: airing for airing in session.scalars(query)}


def _alarms(session: Session, *, kinds: Collection[str] | None = None) -> dict[str, int]:
    query = select(Alarm.station, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.station)
    query = query if kinds is None else query.where(Alarm.kind.in_(kinds))
    return {station: count for station, count in session.execute(query) if station is not None}
