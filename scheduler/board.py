"""What pages ask: a day at a station, an airing's story, what was heard, how the stations are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.asrun import AsRun
from content.errors import NotFoundError
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import AsRunRecord, Seal
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.proof import not_heard_from
from scheduler.quiet import instant_at
from scheduler.stations import Connection, connection

HEARD = (State.PLAYED, State.PARTIAL, State.INTERRUPTED, State.PREEMPTED)


@dataclass(frozen=True)
class NowAndNext:
    """What a station is playing, as far as is reported, and what comes next."""

    now: Airing | None
    next: Airing | None


@dataclass(frozen=True)
class Story:
    """All that is known of one airing; `sealed_by` are the seals whose batches hold its lines."""

    airing: Airing
    changes: list[AiringChange]
    records: list[AsRun]
    sealed_by: list[Seal]
    not_heard_from: bool


@dataclass(frozen=True)
class Coverage:
    """Of one programme (code or None) in one unit: airings that were to be, and that were heard."""

    programme: str | None
    unit_id: int
    planned: int
    planned_ms: int
    played: int
    played_ms: int


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


def day_of(session: Session, station: str, day: date, zone: ZoneInfo) -> list[Airing]:
    """Return the station's airings that start on the local `day`, in order."""
    start = instant_at(day, time(), zone)
    end = instant_at(day + timedelta(days=1), time(), zone)
    query = select(Airing).where(Airing.station == station, Airing.starts_at >= start, Airing.starts_at < end)
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.id)))


def day_of_units(session: Session, unit_ids: Collection[int], day: date, zone: ZoneInfo) -> list[Airing]:
    """Return the airings at the units' stations that start on the local `day`, in order."""
    start = instant_at(day, time(), zone)
    end = instant_at(day + timedelta(days=1), time(), zone)
    query = select(Airing).where(
        Airing.unit_id.in_(unit_ids), Airing.starts_at >= start, Airing.starts_at < end
    )
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.station, Airing.id)))


def of_order(session: Session, order_id: int) -> list[Airing]:
    """Return every airing that an order was given, in order."""
    query = select(Airing).where(Airing.order_id == order_id)
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.station)))


def count_coming(session: Session, bulletin_id: int, now: datetime) -> int:
    """Return how many airings of the bulletin are still to come."""
    query = select(func.count()).where(
        Airing.bulletin_id == bulletin_id,
        Airing.starts_at > now,
        Airing.rank < State.ON_AIR.rank,
        Airing.recalled_at.is_(None),
    )
    return session.scalar(query) or 0


def now_and_next(session: Session, station: str, now: datetime) -> NowAndNext:
    """Return what the station plays now and what it is to play next."""
    return NowAndNext(_on_air(session, [station]).get(station), _next(session, [station], now).get(station))


def story(session: Session, airing_id: str, now: datetime) -> Story:
    """Return an airing with its history, the station's own lines and their seals; or NotFoundError."""
    airing = session.get(Airing, airing_id)
    if airing is None:
        raise NotFoundError("Không có lượt phát này.")
    changes = select(AiringChange).where(AiringChange.airing == airing_id).order_by(AiringChange.id)
    lines = (
        select(AsRunRecord)
        .where(AsRunRecord.airing == airing_id, AsRunRecord.station == airing.station)
        .order_by(AsRunRecord.received_at, AsRunRecord.chain, AsRunRecord.sequence)
    )
    kept = list(session.scalars(lines))
    return Story(
        airing,
        list(session.scalars(changes)),
        [AsRun.from_line(row.line) for row in kept],
        _seals(session, kept),
        not_heard_from(airing, now),
    )


def recent_played(
    session: Session, *, limit: int = 50, unit_ids: Collection[int] | None = None
) -> list[Airing]:
    """Return what was heard, newest first, everywhere or in some units."""
    query = select(Airing).where(Airing.state.in_(HEARD), Airing.started_at.is_not(None))
    if unit_ids is not None:
        query = query.where(Airing.unit_id.in_(unit_ids))
    return list(session.scalars(query.order_by(Airing.started_at.desc(), Airing.id).limit(limit)))


def coverage(session: Session, start: datetime, end: datetime) -> list[Coverage]:
    """Return per programme and unit what was to start in `[start, end)` and what of it was heard.

    Recalled and cancelled airings do not count as planned; heard are all that sounded, whole or not.
    """
    heard = Airing.state.in_(HEARD)
    query = (
        select(
            Airing.programme,
            Airing.unit_id,
            func.count(),
            func.coalesce(func.sum(Airing.duration_ms), 0),
            func.count().filter(heard),
            func.coalesce(func.sum(Airing.heard_ms).filter(heard), 0),
        )
        .where(Airing.starts_at >= start, Airing.starts_at < end, Airing.state != str(State.CANCELLED))
        .group_by(Airing.programme, Airing.unit_id)
        .order_by(Airing.programme, Airing.unit_id)
    )
    return [
        Coverage(programme, unit_id, planned, int(planned_ms or 0), played, int(played_ms or 0))
        for programme, unit_id, planned, planned_ms, played, played_ms in session.execute(query)
    ]


def stations_overview(session: Session, now: datetime) -> list[StationLine]:
    """Return every station in use at a glance, by name, in five queries however many there are."""
    query = select(Station).where(Station.retired_at.is_(None)).order_by(Station.name)
    stations = list(session.scalars(query))
    names = [station.name for station in stations]
    playing, coming = _on_air(session, names), _next(session, names, now)
    issued, alarms = _issued(session), _alarms(session)
    return [
        StationLine(
            station,
            connection(station, now),
            issued.get(station.name),
            playing.get(station.name),
            coming.get(station.name),
            alarms.get(station.name, 0),
        )
        for station in stations
    ]


def _on_air(session: Session, stations: Collection[str]) -> dict[str, Airing]:
    query = select(Airing).where(Airing.station.in_(stations), Airing.state == str(State.ON_AIR))
    return {airing.station: airing for airing in session.scalars(query.order_by(Airing.starts_at))}


def _next(session: Session, stations: Collection[str], now: datetime) -> dict[str, Airing]:
    """Return station → its first airing from `now` on that is not finished or recalled."""
    open_ones = (
        Airing.station.in_(stations),
        Airing.rank < State.ON_AIR.rank,
        Airing.recalled_at.is_(None),
        Airing.starts_at >= now,
    )
    first = (
        select(Airing.station, func.min(Airing.starts_at).label("starts_at"))
        .where(*open_ones)
        .group_by(Airing.station)
        .subquery()
    )
    query = select(Airing).join(
        first, (first.c.station == Airing.station) & (first.c.starts_at == Airing.starts_at)
    )
    rows = session.scalars(query.where(*open_ones).order_by(Airing.id.desc()))
    return {airing.station: airing for airing in rows}


def _issued(session: Session) -> dict[str, int]:
    query = select(Manifest.station, func.max(Manifest.generation)).group_by(Manifest.station)
    return {station: generation for station, generation in session.execute(query)}  # noqa: C416 (typed)


def _alarms(session: Session) -> dict[str, int]:
    query = select(Alarm.station, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.station)
    return {station: count for station, count in session.execute(query) if station is not None}


def _seals(session: Session, lines: list[AsRunRecord]) -> list[Seal]:
    found: dict[int, Seal] = {}
    for line in lines:
        query = select(Seal).where(
            Seal.station == line.station,
            Seal.chain == line.chain,
            Seal.first <= line.sequence,
            Seal.last >= line.sequence,
        )
        found.update({seal.id: seal for seal in session.scalars(query)})
    return [found[key] for key in sorted(found)]
