"""Every station at a glance: connection, what it holds, what it plays, what comes, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.board.airings import still_to_start
from scheduler.models.airing import ON_AIR, Airing
from scheduler.models.alarm import Alarm
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.stations import Connection, connection


@dataclass(frozen=True)
class StationLine:
    """A station at a glance; `issued` is the generation signed for it, None before the first."""

    station: Station
    connection: Connection
    issued: int | None
    playing: Airing | None
    next: Airing | None
    alarms: int

    @property
    def up_to_date(self) -> bool:
        """Whether the station says it holds what was signed for it, with every clip."""
        return self.issued is not None and self._holds_all

    @property
    def _holds_all(self) -> bool:
        return self.station.generation >= (self.issued or 0) and not self.station.clips_missing


def stations_overview(session: Session, now: datetime) -> list[StationLine]:
    """Return every station in use at a glance, by name, in five queries however many there are.

    Newest manifest and next airing are one step into an index a station, whatever lies behind them.
    """
    issued = select(func.max(Manifest.generation)).where(Manifest.station == Station.name)
    first = select(Airing.id).where(Airing.station == Station.name, *still_to_start(now))
    query = (
        select(
            Station,
            issued.correlate(Station).scalar_subquery(),
            first.order_by(Airing.starts_at, Airing.id).limit(1).correlate(Station).scalar_subquery(),
        )
        .where(Station.retired_at.is_(None))
        .order_by(Station.name)
    )
    rows = session.execute(query).all()
    coming = _airings(session, [airing for _, _, airing in rows if airing is not None])
    playing, alarms = _on_air(session), _alarms(session)
    return [
        StationLine(
            station,
            connection(station, now),
            generation,
            playing.get(station.name),
            coming.get(airing or ""),
            alarms.get(station.name, 0),
        )
        for station, generation, airing in rows
    ]


def _airings(session: Session, ids: Iterable[str]) -> dict[str, Airing]:
    return {row.id: row for row in session.scalars(select(Airing).where(Airing.id.in_(list(ids))))}


def _on_air(session: Session) -> dict[str, Airing]:
    query = select(Airing).where(ON_AIR).order_by(Airing.starts_at)
    return {airing.station: airing for airing in session.scalars(query)}


def _alarms(session: Session) -> dict[str, int]:
    query = select(Alarm.station, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.station)
    return {station: count for station, count in session.execute(query) if station is not None}
