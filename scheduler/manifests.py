"""Releasing: each station's manifest is signed anew when, and only when, it has something new to say."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts.airings import Kind, Level, State
from content.contracts.signing import PrivateKey
from content.db import lock_chain
from scheduler import states, weeks
from scheduler.commands import pending
from scheduler.draft import Draft, Terms, draft, payload_of
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.relays import urls_of
from scheduler.standby import Standby
from scheduler.suspicion import IN_USE, SPLICED_FOR, suspects
from scheduler.voiding import must_void, void

BY = "release"
CHUNK = 20
"""Stations whose rows are read at a time."""
CARRIED = (Kind.BULLETIN, Kind.IDENT, Kind.RELAY)


@dataclass(frozen=True)
class Doubt:
    """What a look found: stations that may need a new manifest, the most urgent first; and whether
    something that stands no longer is still to be taken back everywhere.
    """

    stations: tuple[str, ...]
    voids: bool


def look(session: Session, now: datetime, terms: Terms) -> Doubt:
    """Return what `release` would have to do; nothing is locked and nothing written."""
    found = _in_turn(session, suspects(session, terms, now), now)
    voids = must_void(session, now, terms.rules())
    return Doubt(tuple(station.name for station in found), voids)


def release(session: Session, now: datetime, terms: Terms, *, key: PrivateKey) -> list[tuple[str, int]]:
    """Sign what changed; return (station, new generation) for the bell.

    What is planned and within reach becomes released in the same transaction.  Nothing is signed
    whose approval does not stand at `now`.
    """
    lock_chain(session, "release")
    void(session, now, terms.rules(), by=BY)
    call_emergencies(session, now)
    found = _in_turn(session, suspects(session, terms, now), now)
    some = (found[at : at + CHUNK] for at in range(0, len(found), CHUNK))
    return [new for stations in some for new in _sign(session, stations, terms, key=key, now=now)]


def release_at(
    session: Session, names: Sequence[str], now: datetime, terms: Terms, *, key: PrivateKey
) -> list[tuple[str, int]]:
    """Do the same for some stations and no others, reading no others' rows: a short transaction."""
    lock_chain(session, "release")
    void(session, now, terms.rules(), by=BY, at=names)
    call_emergencies(session, now, Airing.station.in_(names))
    query = select(Station).where(Station.name.in_(names), *IN_USE).order_by(Station.name)
    stations = session.scalars(query).all()
    return list(_sign(session, stations, terms, key=key, now=now))


def current(session: Session, station: str) -> Manifest | None:
    """Return the station's newest manifest, None before the first."""
    return newest_of(session, [station]).get(station)


def _in_turn(session: Session, found: Sequence[Station], now: datetime) -> Sequence[Station]:
    """Return stations in the order they are served, those that an emergency waits for first.

    With many, the order of the others changes with every second, so that none is always the last.
    """
    if len(found) <= CHUNK:
        return found
    urgent, turn = set(session.scalars(_urgent())), f"{now:%H%M%S}".encode()
    return sorted(found, key=lambda one: (one.name not in urgent, crc32(turn + one.name.encode())))


def _sign(
    session: Session, stations: Sequence[Station], terms: Terms, *, key: PrivateKey, now: datetime
) -> Iterator[tuple[str, int]]:
    """Sign where there is something to say; give (station, new generation)."""
    for station, signed, wanted in _drafts(session, stations, terms, now):
        own = signed.generation if signed else 0
        ahead = station.generation > own
        hurried = signed is not None and signed.spliced and signed.issued_at < now - SPLICED_FOR
        if signed is None or ahead or hurried or wanted.says_more_than(payload_of(signed.payload), now):
            yield station.name, _issue(session, station, wanted, own=own, key=key, now=now)


def row_of(station: str, generation: int, envelope: bytes, now: datetime, to: datetime) -> Manifest:
    """Return the row of a manifest that was just signed."""
    return Manifest(
        station=station,
        generation=generation,
        payload=envelope,
        sha256=hashlib.sha256(envelope).hexdigest(),
        issued_at=now,
        to=to,
    )


def _urgent() -> Select[str]:
    waiting = (Airing.rank == State.PLANNED.rank) & (Airing.level == str(Level.EMERGENCY))
    return select(Airing.station).where(waiting).distinct()


def _drafts(
    session: Session, suspected: Sequence[Station], terms: Terms, now: datetime
) -> Iterator[tuple[Station, Manifest | None, Draft]]:
    """Give what each station whose manifest may be out of date should be told, beside what it was."""
    stations = {station.name: station for station in suspected}
    names = list(stations)
    rows, newest, orders = _open(session, names), newest_of(session, names), pending(session, names, now)
    held = weeks.held(session, [row for here in rows.values() for row in here])
    relayed = {row.order_id for held in rows.values() for row in held if row.kind == Kind.RELAY}
    sources = urls_of(session, relayed) if relayed else {}
    ready = Standby(session, now.astimezone(ZoneInfo(terms.time_zone)).date()) if names else None
    for name, station in stations.items():
        signed = newest.get(name)
        reaches = signed.to if signed else None
        yield (
            station,
            signed,
            draft(
                name,
                terms,
                rows[name],
                orders.get(name, ()),
                reaches=reaches,
                now=now,
                sources=sources,
                standby=ready.at(station.unit_id) if ready else (),
                held=held,
            ),
        )


def _issue(
    session: Session,
    station: Station,
    wanted: Draft,
    *,
    own: int,
    key: PrivateKey,
    now: datetime,
) -> int:
    generation = max(own, station.generation) + 1
    envelope = wanted.manifest(generation, now).seal(key)
    session.add(row_of(station.name, generation, envelope, now, wanted.end))
    session.flush()
    if station.generation > own:
        _note_jump(session, station, own, generation, now)
    planned = [row.id for row in wanted.airings if row.rank == State.PLANNED.rank]
    states.move_all(
        session, Airing.id.in_(planned), State.RELEASED, at=now, by=BY, released_generation=generation
    )
    return generation


def _note_jump(session: Session, station: Station, own: int, generation: int, now: datetime) -> None:
    """Write down that a station was ahead of us, as after a restored backup."""
    audit.record(
        session,
        "manifest.jump",
        actor=audit.SYSTEM,
        subject=f"station:{station.name}",
        now=now,
        own=own,
        reported=station.generation,
        issued=generation,
    )


def call_emergencies(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    """Let an emergency that waited for its release start now, not before the manifest that carries it."""
    late = select(Airing).where(
        Airing.rank == State.PLANNED.rank,
        Airing.level == str(Level.EMERGENCY),
        Airing.starts_at < now,
        Airing.not_after >= now,
        *which,
    )
    for row in session.scalars(late):
        row.not_after += now - row.starts_at
        row.starts_at = row.updated_at = now
    session.flush()


def _open(session: Session, stations: Sequence[str]) -> dict[str, list[Airing]]:
    query = select(Airing).where(
        Airing.station.in_(stations), Airing.rank < State.CANCELLED.rank, Airing.kind.in_(CARRIED)
    )
    found: dict[str, list[Airing]] = defaultdict(list)
    for row in session.scalars(query.order_by(Airing.starts_at, Airing.id)):
        found[row.station].append(row)
    return found


def newest_of(session: Session, stations: Sequence[str]) -> dict[str, Manifest]:
    """Return the newest manifest of each of the stations that has one."""
    last = select(Manifest.station, func.max(Manifest.generation).label("generation"))
    last_of = last.where(Manifest.station.in_(stations)).group_by(Manifest.station).subquery()
    query = select(Manifest).join(
        last_of, (last_of.c.station == Manifest.station) & (last_of.c.generation == Manifest.generation)
    )
    return {manifest.station: manifest for manifest in session.scalars(query)}
