"""How far the newest round of each call has come, counted: what a banner may say of it and stay true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.contracts.airings import FINAL_RANK, State
from content.contracts.enrolment import OFFLINE_SECONDS
from scheduler.models.airing import Airing
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station

UNHEARD = timedelta(seconds=OFFLINE_SECONDS)


@dataclass(frozen=True)
class Progress:
    """The newest round that is due, in stations; `next_at` is when the next one begins, if any is placed.

    `heard` played it whole, `cut` in part, `failed` not at all; `near` have still to report and are heard
    from, so it may be sounding there; `silent` have still to report and cannot be reached.
    """

    heard: int = 0
    cut: int = 0
    failed: int = 0
    near: int = 0
    silent: int = 0
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        """How many stations the round is for."""
        return self.heard + self.cut + self.failed + self.near + self.silent

    @property
    def may_sound(self) -> bool:
        """Whether it may be sounding now at a station that is heard from."""
        return self.near > 0

    @property
    def over(self) -> bool:
        """Whether every station has reported and no round is to come."""
        return self.near == self.silent == 0 and self.next_at is None


@dataclass(frozen=True)
class _Count:
    order_id: int
    n: int
    starts_at: datetime
    kind: str
    stations: int


def progress_of(session: Session, emergencies: Sequence[Emergency], now: datetime) -> dict[int, Progress]:
    """Return emergency's id → how far it has come, of those that have started; one query for all."""
    orders = {one.order_id: one.id for one in emergencies if one.order_id is not None}
    counts = _counts(session, list(orders), now) if orders else []
    return {
        emergency: _progress([one for one in counts if one.order_id == order], now)
        for order, emergency in orders.items()
    }


def _counts(session: Session, orders: Sequence[int], now: datetime) -> list[_Count]:
    unheard = Station.heard_at.is_(None) | (Station.heard_at < now - UNHEARD)
    columns = (Airing.order_id, Airing.n, Airing.starts_at, Airing.state, Airing.rank)
    called_back, silent = Airing.recalled_at.is_not(None), unheard.label("silent")
    query = (
        select(*columns, called_back.label("called_back"), silent, func.count())
        .join(Station, Station.name == Airing.station)
        .where(Airing.order_id.in_(orders))
        .group_by(*columns, "called_back", "silent")
    )
    return [
        _Count(order, n or 0, starts_at, _kind(state, rank, out=bool(out), silent=bool(lost)), stations)
        for order, n, starts_at, state, rank, out, lost, stations in session.execute(query)
        if order is not None
    ]


def _kind(state: str, rank: int, *, out: bool, silent: bool) -> str:
    if rank == FINAL_RANK:
        return _ENDS.get(State(state), "failed")
    if out and state != State.ON_AIR:
        return "failed"
    return "silent" if silent else "near"


def _progress(counts: Sequence[_Count], now: datetime) -> Progress:
    due = [one for one in counts if one.starts_at <= now]
    coming = [one.starts_at for one in counts if one.starts_at > now and one.kind in {"near", "silent"}]
    newest = max((one.n for one in due), default=0)
    found: dict[str, int] = {}
    for one in due:
        if one.n == newest:
            found[one.kind] = found.get(one.kind, 0) + one.stations
    return Progress(**found, next_at=min(coming, default=None))


_ENDS = {State.PLAYED: "heard", State.PARTIAL: "cut", State.INTERRUPTED: "cut"}
