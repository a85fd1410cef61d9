"""Proof that something was missed; silence alone proves nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from content.contracts.airings import Reason, State
from scheduler import states
from scheduler.alarms import raise_alarm
from scheduler.models.airing import Airing
from scheduler.models.asrun import ChainHead
from scheduler.models.station import Station

RECORD_GRACE = timedelta(seconds=60)
SILENCE_GRACE = timedelta(seconds=90)
BY = "sweep"
LOOKED_AT = 1000
_COLUMNS = (
    *(Airing.id, Airing.station, Airing.rank, Airing.starts_at, Airing.not_after),
    Airing.released_generation,
)
"""What `proof_of_missed` asks of an airing."""


@dataclass(frozen=True)
class Evidence:
    """What is known of a station: when it was last heard, with which manifest, and its chains' spans."""

    heard_at: datetime | None
    generation: int
    chains: tuple[tuple[datetime, datetime], ...] = ()


def proof_of_missed(airing: Airing, station: Evidence, now: datetime) -> Reason | None:
    """Return why an unfinished airing was certainly not played; None while nothing proves it."""
    if now <= airing.not_after or airing.rank >= State.ON_AIR.rank:
        return None
    if airing.rank == State.PLANNED.rank:
        return Reason.NOT_RELEASED
    heard_since = station.heard_at is not None and station.heard_at > airing.not_after
    if heard_since and station.generation < (airing.released_generation or 0):
        return Reason.NOT_DELIVERED
    if any(_covers(span, airing) for span in station.chains):
        return Reason.NO_RECORD
    return None


def not_heard_from(airing: Airing, now: datetime) -> bool:
    """Tell whether a page says “Chưa có báo cáo”: derived, never stored."""
    return airing.state in {State.RELEASED, State.DUE} and now > airing.not_after + SILENCE_GRACE


def finds(session: Session, now: datetime) -> list[str]:
    """Return the airings that `sweep` would end; nothing is locked and nothing written."""
    never = session.scalars(select(Airing.id).where(*_never(now))).all()
    evidence = _evidence(session)
    # Columns, some at a time: after a week without a network they may be a million.
    rows = session.execute(select(*_COLUMNS).where(*_past(now)).execution_options(yield_per=LOOKED_AT))
    proven = (row.id for row in rows if proof_of_missed(row, evidence[row.station], now))  # type: ignore[arg-type]
    return [*never, *proven]


def sweep(session: Session, now: datetime, only: Sequence[str] | None = None) -> int:
    """End every airing (of `only` some) that is proven not to have played; return how many."""
    which = () if only is None else (Airing.id.in_(only),)
    never = and_(*_never(now), *which)
    missed = states.move_all(session, never, State.MISSED, at=now, by=BY, reason=Reason.NOT_RELEASED)
    waiting, evidence = _waiting(session, now, *which)
    return len(missed) + sum(_settle(session, row, evidence[row.station], now) for row in waiting)


def _never(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Airing.rank == State.PLANNED.rank, Airing.not_after < now)


def _waiting(
    session: Session, now: datetime, *which: ColumnElement[bool]
) -> tuple[list[Airing], dict[str, Evidence]]:
    """Return the airings whose time has passed without an end, and what is known of their stations."""
    waiting = list(session.scalars(select(Airing).where(*_past(now), *which).order_by(Airing.id)))
    return waiting, _evidence(session, {row.station for row in waiting})


def _past(now: datetime) -> tuple[ColumnElement[bool], ...]:
    waiting = Airing.state.in_((str(State.RELEASED), str(State.DUE)))
    return waiting, Airing.starts_at < now, Airing.not_after < now


def _covers(span: tuple[datetime, datetime], airing: Airing) -> bool:
    """Tell whether a chain that was open before the airing was due went on past its time."""
    opened, reaches = span
    return opened <= airing.starts_at and reaches > airing.not_after + RECORD_GRACE


def _settle(session: Session, row: Airing, evidence: Evidence, now: datetime) -> bool:
    reason = proof_of_missed(row, evidence, now)
    if reason is None:
        return False
    if row.recalled_at is not None:
        return states.move(session, row.id, State.CANCELLED, at=now, by=BY, reason=Reason.RECALLED)
    if reason is Reason.NO_RECORD:
        raise_alarm(session, "no_record", station=row.station, detail=row.id, now=now)
    return states.move(session, row.id, State.MISSED, at=now, by=BY, reason=reason)


def _evidence(session: Session, names: set[str] | None = None) -> dict[str, Evidence]:
    """Return what is known of some stations, or of all."""
    heads = select(ChainHead.station, ChainHead.opened_at, ChainHead.reaches)
    stations = select(Station.name, Station.heard_at, Station.generation)
    if names is not None:
        heads, stations = heads.where(ChainHead.station.in_(names)), stations.where(Station.name.in_(names))
    spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for station, opened, reaches in session.execute(heads):
        spans[station].append((opened, reaches))
    found = session.execute(stations)
    return {name: Evidence(heard, held, tuple(spans[name])) for name, heard, held in found}
