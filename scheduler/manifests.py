"""Releasing: each station's manifest is signed anew when, and only when, it has something new to say."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content import audit
from content.contracts.airings import Kind, Level, State
from content.contracts.manifest import Mode, Quiet
from content.contracts.signing import PrivateKey
from content.db import lock_chain
from scheduler import states, weeks
from scheduler.commands import pending
from scheduler.draft import Draft, Terms, draft, payload_of
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.relays import urls_of
from scheduler.rules import Rules
from scheduler.suspicion import suspects
from scheduler.voiding import void

BY = "release"
CHUNK = 100
"""Stations whose rows are read at a time."""
CARRIED = (Kind.BULLETIN, Kind.IDENT, Kind.RELAY)


def release(
    session: Session,
    now: datetime,
    *,
    key: PrivateKey,
    mode: Mode,
    time_zone: str,
    quiet: Sequence[Quiet],
    enough: Callable[[], bool] = lambda: False,
) -> list[tuple[str, int]]:
    """Sign what changed; return (station, new generation) for the bell.

    What is planned and within reach becomes released in the same transaction.  Nothing is signed
    whose approval does not stand at `now`.  When `enough` says so, the rest is left to the next call,
    so that nobody waits long for a database that lets one write at a time.
    """
    lock_chain(session, "release")
    void(session, now, Rules(ZoneInfo(time_zone), tuple(quiet)), by=BY)
    _call_emergencies(session, now)
    terms, issued = Terms(mode, time_zone, tuple(quiet)), []
    for some in _chunks(session, suspects(session, terms, now), now):
        for station, signed, wanted in _drafts(session, some, terms, now):
            own = signed.generation if signed else 0
            ahead = station.generation > own
            if signed is None or ahead or wanted.says_more_than(payload_of(signed.payload), now):
                issued.append((station.name, _issue(session, station, wanted, own=own, key=key, now=now)))
            if enough():
                return issued
    return issued


def current(session: Session, station: str) -> Manifest | None:
    """Return the station's newest manifest, None before the first."""
    return _newest(session, [station]).get(station)


def _chunks(session: Session, found: Sequence[Station], now: datetime) -> Iterator[Sequence[Station]]:
    """Give stations some at a time, those that an emergency waits for first.

    The order of the others changes with every second: whoever is left over today is not so tomorrow.
    """
    if len(found) > CHUNK:
        urgent = set(session.scalars(_urgent()))
        turn = f"{now:%H%M%S}".encode()
        found = sorted(found, key=lambda one: (one.name not in urgent, crc32(turn + one.name.encode())))
    for first in range(0, len(found), CHUNK):
        yield found[first : first + CHUNK]


def _urgent() -> Select[str]:
    waiting = (Airing.rank == State.PLANNED.rank) & (Airing.level == str(Level.EMERGENCY))
    return select(Airing.station).where(waiting).distinct()


def _drafts(
    session: Session, suspected: Sequence[Station], terms: Terms, now: datetime
) -> Iterator[tuple[Station, Manifest | None, Draft]]:
    """Give what each station whose manifest may be out of date should be told, beside what it was."""
    stations = {station.name: station for station in suspected}
    names = list(stations)
    rows, newest, orders = _may_go(session, names), _newest(session, names), pending(session, names, now)
    relayed = {row.order_id for held in rows.values() for row in held if row.kind == Kind.RELAY}
    sources = urls_of(session, relayed) if relayed else {}
    for name, station in stations.items():
        signed = newest.get(name)
        reaches = signed.to if signed else None
        yield (
            station,
            signed,
            draft(name, terms, rows[name], orders.get(name, ()), reaches=reaches, now=now, sources=sources),
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
    session.add(
        Manifest(
            station=station.name,
            generation=generation,
            payload=envelope,
            sha256=hashlib.sha256(envelope).hexdigest(),
            issued_at=now,
            to=wanted.end,
        )
    )
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


def _call_emergencies(session: Session, now: datetime) -> None:
    """Let an emergency that waited for its release start now, not before the manifest that carries it."""
    late = select(Airing).where(
        Airing.rank == State.PLANNED.rank,
        Airing.level == str(Level.EMERGENCY),
        Airing.starts_at < now,
        Airing.not_after >= now,
    )
    for row in session.scalars(late):
        row.not_after += now - row.starts_at
        row.starts_at = row.updated_at = now
    session.flush()


def _may_go(session: Session, stations: Sequence[str]) -> dict[str, list[Airing]]:
    """Return the open airings of stations but those that wait for the approval of their week."""
    return defaultdict(list, weeks.approved_only(session, _open(session, stations)))


def _open(session: Session, stations: Sequence[str]) -> dict[str, list[Airing]]:
    query = select(Airing).where(
        Airing.station.in_(stations), Airing.rank < State.CANCELLED.rank, Airing.kind.in_(CARRIED)
    )
    found: dict[str, list[Airing]] = defaultdict(list)
    for row in session.scalars(query.order_by(Airing.starts_at, Airing.id)):
        found[row.station].append(row)
    return found


def _newest(session: Session, stations: Sequence[str]) -> dict[str, Manifest]:
    last = select(Manifest.station, func.max(Manifest.generation).label("generation"))
    last_of = last.where(Manifest.station.in_(stations)).group_by(Manifest.station).subquery()
    query = select(Manifest).join(
        last_of, (last_of.c.station == Manifest.station) & (last_of.c.generation == Manifest.generation)
    )
    return {manifest.station: manifest for manifest in session.scalars(query)}
