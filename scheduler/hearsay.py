"""What one as-run record means for airings, commands and alarms; the ledger itself is kept elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import Kind, Level, State
from content.contracts.asrun import AsRun, Event
from content.contracts.instants import parse_instant
from scheduler import states
from scheduler.alarms import raise_alarm
from scheduler.commands import mark_done
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.states import Way

BORN_AT_STATIONS = (Kind.LIVE, Kind.DESK, Kind.TEST)
_TITLES = {Kind.LIVE: "Phát trực tiếp", Kind.DESK: "Phát từ bàn trực", Kind.TEST: "Thử loa"}
_PLAYS = (Event.STARTING, Event.FINISHED, Event.NOT_PLAYED)


@dataclass(frozen=True)
class Heard:
    """What one station told, in order."""

    station: Station
    records: Sequence[AsRun]


def follow_all(session: Session, heard: Sequence[Heard], now: datetime) -> None:
    """Draw the consequences of batches that have just been kept; their plain airings all at once.

    No station comes twice.
    """
    plays: dict[tuple[str, str], list[AsRun]] = {}
    for one in heard:
        for record in one.records:
            if record.event in _PLAYS:
                plays.setdefault((one.station.name, record.airing or ""), []).append(record)
    ways = _ways(session, plays)
    states.move_along(session, ways, at=now)
    done = {(way.by, way.airing) for way in ways}
    for one in heard:
        for record in one.records:
            if record.event not in _PLAYS or (one.station.name, record.airing) not in done:
                follow(session, one.station, record, now)


def _ways(session: Session, plays: Mapping[tuple[str, str], Sequence[AsRun]]) -> list[Way]:
    """Return how the airings go on of which only the next steps are told; their rows are held."""
    if not plays:
        return []
    query = select(Airing.id, Airing.rank, Airing.kind, Airing.station)
    held = query.where(Airing.id.in_({airing for _, airing in plays})).order_by(Airing.id).with_for_update()
    return [
        _way(station, airing, kind, told)
        for airing, rank, kind, station in session.execute(held).all()
        if (told := plays.get((station, airing))) and _rises(rank, told)
    ]


def _rises(rank: int, told: Sequence[AsRun]) -> bool:
    """Tell whether each record takes an airing that stands at `rank` further than the one before."""
    ranks = [rank, *(_state(record).rank for record in told)]
    return all(before < after for before, after in pairwise(ranks))


def _way(station: str, airing: str, kind: str, told: Sequence[AsRun]) -> Way:
    steps = tuple((_state(record), _facts(record, kind).get("reason")) for record in told)
    facts = {name: value for name, value in _facts(told[-1], kind).items() if name != "reason"}
    return Way(airing, station, steps, facts)


def _state(record: AsRun) -> State:
    return State.ON_AIR if record.event is Event.STARTING else State(record.outcome or "")


def follow(session: Session, station: Station, record: AsRun, now: datetime) -> None:
    """Draw the consequences of a record that has just been kept."""
    if record.event in _PLAYS:
        _follow_play(session, station, record, now)
    elif record.event is Event.COMMAND:
        mark_done(session, station, record, parse_instant(record.at))
    elif record.event is Event.ALARM:
        detail = " ".join(filter(None, (str(record.reason or ""), record.note)))
        raise_alarm(session, "station", station=station.name, detail=detail, now=now)
    elif record.event is Event.CHAIN and record.reason not in {None, "first"}:
        raise_alarm(session, "new_chain", station=station.name, detail=str(record.reason), now=now)


def _follow_play(session: Session, station: Station, record: AsRun, now: datetime) -> None:
    airing = session.get(Airing, record.airing)
    if airing is None and record.kind in BORN_AT_STATIONS:
        airing = _bear(session, station, record, now)
    if airing is None or airing.station != station.name:
        raise_alarm(session, "unknown_airing", station=station.name, detail=record.airing or "", now=now)
        return
    state = _state(record)
    if not states.move(session, airing.id, state, at=now, by=station.name, **_facts(record, airing.kind)):
        _check_contradiction(session, airing, record, now)


def _facts(record: AsRun, kind: str) -> dict[str, Any]:
    """Return what a record says of an airing of `kind`; how long one lasts that was never planned, too."""
    if record.event is Event.STARTING:
        return {}
    said = {"reason": record.reason, "note": _words(record)}
    if record.event is Event.NOT_PLAYED:
        return said
    return {
        **said,
        "started_at": record.started_at and _by_our_clock(record, record.started_at),
        "ended_at": _by_our_clock(record, record.at),
        "heard_ms": record.heard_ms,
        **({"duration_ms": record.heard_ms} if kind in BORN_AT_STATIONS and record.heard_ms else {}),
    }


def _by_our_clock(record: AsRun, told: str) -> datetime:
    """Return an instant that a station told; one whose clock was off knew by how much, if it could ask."""
    at = parse_instant(told)
    off = 0 if record.clock_ok else record.clock_offset_ms or 0
    return at + timedelta(milliseconds=off)


def _words(record: AsRun) -> str | None:
    return " · ".join(filter(None, (record.by, record.note))) or None


def _bear(session: Session, station: Station, record: AsRun, now: datetime) -> Airing:
    """Make the row of an airing that the station began by itself."""
    kind = Kind(record.kind or "")
    at = parse_instant(record.planned_at or record.at)
    airing = Airing(
        id=record.airing,
        kind=str(kind),
        level=str(Level.NORMAL),
        station=station.name,
        unit_id=station.unit_id,
        starts_at=at,
        not_after=at,
        duration_ms=record.heard_ms or 0,
        clip_sha256=record.clip,
        title=_TITLES[kind],
        state=str(State.RELEASED),
        rank=State.RELEASED.rank,
        created_at=now,
        updated_at=now,
    )
    session.add(airing)
    session.flush()
    return airing


def _check_contradiction(session: Session, airing: Airing, record: AsRun, now: datetime) -> None:
    """Raise an alarm when a record tells of a final airing something else; the row stays as it is.

    An airing begins once: a second `starting` comes from a clone of the machine.
    """
    session.refresh(airing)
    again = record.event is Event.STARTING and airing.rank >= State.ON_AIR.rank
    if again or (State(airing.state).final and record.outcome != airing.state):
        detail = f"{airing.id} {airing.state} ↔ {record.outcome or record.event}"
        raise_alarm(session, "contradiction", station=airing.station, detail=detail, now=now)
