"""What one as-run record means for airings, commands and alarms; the ledger itself is kept elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content.contracts.airings import Kind, Level, State
from content.contracts.asrun import AsRun, Event
from content.contracts.instants import parse_instant
from scheduler import states
from scheduler.alarms import raise_alarm
from scheduler.commands import mark_done
from scheduler.models.airing import Airing
from scheduler.models.station import Station

BORN_AT_STATIONS = (Kind.LIVE, Kind.DESK, Kind.TEST)
_TITLES = {Kind.LIVE: "Phát trực tiếp", Kind.DESK: "Phát từ bàn trực", Kind.TEST: "Phát thử"}
_PLAYS = (Event.STARTING, Event.FINISHED, Event.NOT_PLAYED)


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
    state = State.ON_AIR if record.event is Event.STARTING else State(record.outcome or "")
    if not states.move(session, airing.id, state, at=now, by=station.name, **_facts(record)):
        _check_contradiction(session, airing, record, now)


def _facts(record: AsRun) -> dict[str, Any]:
    if record.event is Event.STARTING:
        return {}
    said = {"reason": record.reason, "note": _words(record)}
    if record.event is Event.NOT_PLAYED:
        return said
    started = None if record.started_at is None else parse_instant(record.started_at)
    return {
        **said,
        "started_at": started,
        "ended_at": parse_instant(record.at),
        "heard_ms": record.heard_ms,
    }


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
    """Raise an alarm when a record tells of a final airing something else; the row stays as it is."""
    session.refresh(airing)
    if State(airing.state).final and record.outcome != airing.state:
        detail = f"{airing.id} {airing.state} ↔ {record.outcome or record.event}"
        raise_alarm(session, "contradiction", station=airing.station, detail=detail, now=now)
