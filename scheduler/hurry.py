"""Releasing in a hurry: emergencies are added to what stations hold and signed; nothing else is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from content.contracts.airings import Level, State
from content.contracts.manifest import PAYLOAD_TYPE, Command
from content.contracts.signing import PrivateKey, seal_envelope
from content.db import lock_chain
from scheduler import manifests, states
from scheduler.changes import Voids
from scheduler.commands import pending
from scheduler.draft import LEAST_REACH, Terms, item_of, payload_bytes_of
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.splicing import Taken, spliced, take_apart
from scheduler.suspicion import IN_USE
from scheduler.voiding import void


def release_emergencies(
    session: Session, names: Sequence[str], now: datetime, terms: Terms, *, key: PrivateKey
) -> list[tuple[str, int]]:
    """Sign what some stations must do about emergencies at once: added to what they hold, nothing else.

    A station whose manifest cannot be added to (none yet, too short, other terms) is released whole.
    """
    lock_chain(session, "release")
    _void(session, names, now, terms)
    manifests.call_emergencies(session, now, Airing.station.in_(names))
    rows, newest, orders = (
        _urgent_rows(session, names),
        manifests.newest_of(session, names),
        pending(session, names, now),
    )
    done, whole = [], []
    for station in session.scalars(select(Station).where(Station.name.in_(names), *IN_USE)):
        signed = newest.get(station.name)
        taken = take_apart(payload_bytes_of(signed.payload)) if signed else None
        if signed is None or taken is None or not _can_add(station, signed, taken, terms, now):
            whole.append(station.name)
        elif rows[station.name]:
            order = orders.get(station.name, ())
            done.append(_add(signed, taken, rows[station.name], order, key=key, now=now))
    _keep(session, done, now)
    slow = manifests.release_at(session, whole, now, terms, key=key) if whole else []
    return [*((one.manifest.station, one.manifest.generation) for one in done), *slow]


@dataclass(frozen=True)
class _Added:
    """A manifest to which emergencies were added, and the airings that it releases."""

    manifest: Manifest
    released: tuple[str, ...]


def _void(session: Session, names: Sequence[str], now: datetime, terms: Terms) -> None:
    """Take back at once what may not sound; the ordinary is looked at when all is drawn anew."""
    query = select(Airing.order_id).where(_is_urgent(names), Airing.order_id.is_not(None)).distinct()
    orders = frozenset(order for order in session.scalars(query) if order is not None)
    if orders:
        void(session, now, terms.rules(), by=manifests.BY, only=Voids(orders), at=names)


def _is_urgent(names: Sequence[str]) -> ColumnElement[bool]:
    open_ = Airing.rank < State.CANCELLED.rank
    return Airing.station.in_(names) & open_ & (Airing.level == str(Level.EMERGENCY))


def _urgent_rows(session: Session, names: Sequence[str]) -> dict[str, list[Airing]]:
    found: dict[str, list[Airing]] = defaultdict(list)
    for row in session.scalars(select(Airing).where(_is_urgent(names))):
        found[row.station].append(row)
    return found


def _can_add(station: Station, signed: Manifest, taken: Taken, terms: Terms, now: datetime) -> bool:
    reaches = signed.to - now >= LEAST_REACH
    return reaches and station.generation <= signed.generation and not terms.differ(taken.fields)


def _add(
    signed: Manifest,
    taken: Taken,
    rows: Sequence[Airing],
    orders: Sequence[Command],
    *,
    key: PrivateKey,
    now: datetime,
) -> _Added:
    generation = signed.generation + 1
    live = [row for row in rows if row.recalled_at is None]
    body = spliced(
        taken,
        items=[item_of(row) for row in live if row.rank <= State.DUE.rank and row.not_after >= now],
        recalled={row.id for row in rows if row.recalled_at is not None},
        commands=orders,
        generation=generation,
        now=now,
    )
    manifest = manifests.row_of(
        signed.station, generation, seal_envelope(PAYLOAD_TYPE, body, key), now, signed.to
    )
    manifest.spliced = True
    return _Added(manifest, tuple(row.id for row in live if row.rank == State.PLANNED.rank))


def _keep(session: Session, added: Sequence[_Added], now: datetime) -> None:
    session.add_all(one.manifest for one in added)
    session.flush()
    named = {name: one.manifest.generation for one in added for name in one.released}
    states.release_each(session, named, at=now, by=manifests.BY)
