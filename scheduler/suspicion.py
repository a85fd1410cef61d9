"""Whose manifest may be out of date: a cheap look, so that most seconds cost next to nothing.

It may suspect too much, never too little; whether there is something new to say is decided elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from content.contracts.airings import State
from scheduler.draft import LEAST_REACH, Terms, payload_of
from scheduler.models.airing import Airing
from scheduler.models.command import Command
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.standby import Changes

LOOKED_BACK = timedelta(days=1)
SPLICED_FOR = timedelta(seconds=5)
"""How long a manifest made in a hurry stands before it is drawn whole."""
IN_USE = (Station.enrolled_at.is_not(None), Station.retired_at.is_(None))
"""The stations that are given manifests."""


def suspects(session: Session, terms: Terms, now: datetime) -> list[Station]:
    """Return the enrolled stations, by name, whose manifest may have to be signed anew."""
    query = select(Station).where(*IN_USE)
    stations = list(session.scalars(query.order_by(Station.name)))
    if _terms_changed(session, terms):
        return stations
    signed = _signed(session)
    held = [(one.name, one.unit_id, signed[one.name][2]) for one in stations if one.name in signed]
    touched = set(session.scalars(_touched(now))) | set(session.scalars(_commanded(now)))
    touched |= set(session.scalars(_spliced(now))) | Changes(session).since(held)
    return [station for station in stations if station.name in touched or _stale(station, signed, now)]


def _stale(station: Station, signed: dict[str, tuple[int, datetime, datetime]], now: datetime) -> bool:
    generation, reaches, _ = signed.get(station.name, (0, now, now))
    return station.generation > generation or reaches - now < LEAST_REACH


def _signed(session: Session) -> dict[str, tuple[int, datetime, datetime]]:
    """Return station → (newest generation, how far it reaches, when it was signed)."""
    query = select(Manifest.station, Manifest.generation, Manifest.to, Manifest.issued_at)
    return {
        station: (generation, to, at)
        for station, generation, to, at in session.execute(query.where(_is_newest()))
    }


def _touched(now: datetime) -> Select[str]:
    """Choose stations with airings that were planned, moved or recalled since their manifest was signed."""
    fresh = and_(Airing.rank == State.PLANNED.rank, Airing.starts_at < Manifest.to)
    moved = and_(
        Airing.rank == State.RELEASED.rank,
        Airing.updated_at >= Manifest.issued_at,
        or_(
            Airing.released_generation != Manifest.generation,
            Airing.updated_at != Manifest.issued_at,
        ),
    )
    recalled = and_(Airing.rank < State.CANCELLED.rank, Airing.recalled_at >= Manifest.issued_at)
    return (
        select(Airing.station)
        .join(Manifest, Manifest.station == Airing.station)
        .where(_is_newest(), Airing.starts_at >= now - LOOKED_BACK, or_(fresh, moved, recalled))
        .distinct()
    )


def _spliced(now: datetime) -> Select[str]:
    """Choose stations whose manifest was made in a hurry, not just now."""
    return select(Manifest.station).where(
        _is_newest(), Manifest.spliced, Manifest.issued_at < now - SPLICED_FOR
    )


def _commanded(now: datetime) -> Select[str]:
    return (
        select(Command.station)
        .join(Manifest, Manifest.station == Command.station)
        .where(
            _is_newest(),
            Command.done_at.is_(None),
            Command.expires_at > now,
            Command.issued_at >= Manifest.issued_at,
        )
        .distinct()
    )


def _terms_changed(session: Session, terms: Terms) -> bool:
    """Tell whether the rules differ; one manifest tells, for all are signed anew in one transaction."""
    newest = select(Manifest.payload).where(_is_newest()).order_by(Manifest.issued_at.desc()).limit(1)
    payload = session.scalar(newest)
    told = None if payload is None else payload_of(payload)
    return told is not None and (terms.differ(told) or terms.cut_otherwise(told))


def _is_newest() -> ColumnElement[bool]:
    other = aliased(Manifest)
    last = select(func.max(other.generation)).where(other.station == Manifest.station)
    return Manifest.generation == last.correlate(Manifest).scalar_subquery()
