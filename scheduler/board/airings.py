"""Airings as pages ask for them: a day at a station, an order's, what was heard lately, one's whole story.

Airings are found by station and time, never by unit: that is the way the one large index goes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.asrun import AsRun
from content.errors import NotFoundError
from scheduler.models.airing import ON_AIR, Airing, AiringChange
from scheduler.models.asrun import AsRunRecord, Seal
from scheduler.models.station import Station
from scheduler.proof import not_heard_from
from scheduler.quiet import instant_at

FEW = 10
"""Up to so many stations are asked one by one."""
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


def day_of(session: Session, station: str, day: date, zone: ZoneInfo) -> list[Airing]:
    """Return the station's airings that start on the local `day`, in order."""
    query = select(Airing).where(Airing.station == station, *on_days(day, day + timedelta(days=1), zone))
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.id)))


def day_of_units(session: Session, unit_ids: Collection[int], day: date, zone: ZoneInfo) -> list[Airing]:
    """Return the airings at the units' stations that start on the local `day`, in order."""
    query = select(Airing).where(at_units(unit_ids), *on_days(day, day + timedelta(days=1), zone))
    return list(session.scalars(query.order_by(Airing.starts_at, Airing.station, Airing.id)))


@dataclass(frozen=True)
class DayGlance:
    """A day of some units: how many airings in which state, and the first `shown` of them."""

    states: dict[str, int]
    shown: list[Airing]

    @property
    def total(self) -> int:
        """How many airings the day has."""
        return sum(self.states.values())


def glance_at_day(
    session: Session, unit_ids: Collection[int], day: date, *, zone: ZoneInfo, limit: int
) -> DayGlance:
    """Return what a first page tells of a day: what sounds now, what ended last, what comes next.

    Counted and chosen by the database, so that a town's thousands of airings stay where they are.
    """
    held = (at_units(unit_ids), *on_days(day, day + timedelta(days=1), zone))
    counts = session.execute(select(Airing.state, func.count()).where(*held).group_by(Airing.state))
    states = {state: count for state, count in counts}  # noqa: C416 (typed)
    began = func.coalesce(Airing.started_at, Airing.starts_at)
    parts = (
        (Airing.rank == State.ON_AIR.rank, began.desc()),
        (Airing.rank > State.ON_AIR.rank, began.desc()),
        (Airing.rank < State.ON_AIR.rank, began),
    )
    shown: list[Airing] = []
    for which, order in parts:
        query = select(Airing).where(*held, which).order_by(order, Airing.id)
        left = limit - len(shown)
        shown += session.scalars(query.limit(left)) if left else ()
    return DayGlance(states, shown)


def on_days(start: date, end: date, zone: ZoneInfo) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that an airing starts on a local day with `start <= day < end`."""
    return (
        Airing.starts_at >= instant_at(start, time(), zone),
        Airing.starts_at < instant_at(end, time(), zone),
    )


def at_units(unit_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that an airing is at a station of the units, retired ones too."""
    return Airing.station.in_(select(Station.name).where(Station.unit_id.in_(unit_ids)))


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
    playing = select(Airing).where(ON_AIR, Airing.station == station).order_by(Airing.starts_at.desc())
    coming = select(Airing).where(Airing.station == station, *still_to_start(now))
    first = coming.order_by(Airing.starts_at, Airing.id).limit(1)
    return NowAndNext(session.scalars(playing.limit(1)).first(), session.scalars(first).first())


def still_to_start(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an airing lies ahead of `now`, neither finished nor recalled."""
    return Airing.starts_at >= now, Airing.rank < State.ON_AIR.rank, Airing.recalled_at.is_(None)


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
    """Return what was heard, newest first, everywhere or in some units.

    Of a few stations each is asked for its own last ones: they stand together in the index.
    """
    heard = select(Airing).where(Airing.started_at.is_not(None), Airing.state.in_(HEARD)).limit(limit)
    newest = heard.order_by(Airing.started_at.desc(), Airing.id)
    if unit_ids is None:
        return list(session.scalars(newest))
    names = session.scalars(select(Station.name).where(Station.unit_id.in_(unit_ids))).all()
    if len(names) > FEW:
        return list(session.scalars(newest.where(Airing.station.in_(names))))
    last = heard.order_by(Airing.starts_at.desc())
    found = [row for name in names for row in session.scalars(last.where(Airing.station == name))]
    return sorted(found, key=lambda row: (-_seconds(row.started_at), row.id))[:limit]


def _seconds(instant: datetime | None) -> float:
    return instant.timestamp() if instant else 0.0


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
