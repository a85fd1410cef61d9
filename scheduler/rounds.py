"""Rounds: the hearings of an emergency, placed at once; the planner has no hand in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from content.contracts.airings import Kind, Level, State, order_airing_id
from content.models.bulletin import Approval
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.station import Station

MOST = 48
LONGEST = timedelta(hours=12)
LEAST_MINUTES = 5
LATEST = timedelta(hours=1)
EXERCISE_LATEST = timedelta(minutes=10)
"""How late a round may begin at a station that could not be reached before."""


def starts(first: datetime, repeat_minutes: int | None, until: datetime) -> list[datetime]:
    """Return when the rounds begin, the first one first."""
    if repeat_minutes is None:
        return [first]
    every, found = timedelta(minutes=repeat_minutes), [first]
    while found[-1] + every <= until and len(found) < MOST:
        found.append(found[-1] + every)
    return found


def latest(start: datetime, repeat_minutes: int | None, *, exercise: bool) -> datetime:
    """Return how late a round may begin: not when the next one is due already."""
    slack = EXERCISE_LATEST if exercise else LATEST
    return start + (slack if repeat_minutes is None else min(slack, timedelta(minutes=repeat_minutes)))


def place(
    session: Session,
    order: Order,
    approval: Approval,
    stations: Sequence[Station],
    *,
    rounds: Iterable[tuple[int, datetime, datetime]],
    now: datetime,
) -> int:
    """Store the airings of some rounds (n, start, latest start) at the stations; return how many."""
    rows = [
        _row(order, approval, station, n=n, start=start, until=until, now=now)
        for n, start, until in rounds
        for station in stations
    ]
    if rows:
        session.execute(insert(Airing), rows)
    return len(rows)


def _row(
    order: Order,
    approval: Approval,
    station: Station,
    *,
    n: int,
    start: datetime,
    until: datetime,
    now: datetime,
) -> dict[str, Any]:
    revision, due = approval.revision, _due(order)
    return {
        "id": order_airing_id(order.id, station.name, due, n),
        "kind": str(Kind.BULLETIN),
        "level": str(Level.EMERGENCY),
        "station": station.name,
        "unit_id": station.unit_id,
        "order_id": order.id,
        "bulletin_id": revision.bulletin_id,
        "revision_id": revision.id,
        "approval_id": approval.id,
        "due": due,
        "n": n,
        "starts_at": start,
        "not_after": until,
        "duration_ms": approval.duration_ms,
        "clip_sha256": approval.clip_sha256,
        "clip_bytes": approval.bytes,
        "media_type": approval.media_type,
        "title": revision.title,
        "programme": revision.programme.code,
        "state": str(State.PLANNED),
        "rank": State.PLANNED.rank,
        "created_at": now,
        "updated_at": now,
    }


def _due(order: Order) -> date:
    return order.first_day
