"""What each programme got: airings that were to be, and what of them was heard."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler.board.airings import HEARD
from scheduler.models.airing import Airing
from scheduler.models.station import Station


@dataclass(frozen=True)
class Coverage:
    """Of one programme (code or None): airings that were to be, and that were heard."""

    programme: str | None
    planned: int
    planned_ms: int
    played: int
    played_ms: int


def coverage(
    session: Session, start: datetime, end: datetime, *, unit_ids: Collection[int] | None = None
) -> list[Coverage]:
    """Return per programme what was to start in `[start, end)` at some units and what of it was heard.

    Recalled and cancelled airings do not count as planned; heard are all that sounded, whole or not.
    Every station is asked for its own span of time, so the years before cost nothing.
    """
    heard = Airing.state.in_(HEARD)
    stations = select(Station.name)
    if unit_ids is not None:
        stations = stations.where(Station.unit_id.in_(unit_ids))
    query = (
        select(
            Airing.programme,
            func.count(),
            func.coalesce(func.sum(Airing.duration_ms), 0),
            func.count().filter(heard),
            func.coalesce(func.sum(Airing.heard_ms).filter(heard), 0),
        )
        .where(
            Airing.station.in_(stations),
            Airing.starts_at >= start,
            Airing.starts_at < end,
            Airing.state != str(State.CANCELLED),
        )
        .group_by(Airing.programme)
        .order_by(Airing.programme)
    )
    return [
        Coverage(programme, planned, int(planned_ms or 0), played, int(played_ms or 0))
        for programme, planned, planned_ms, played, played_ms in session.execute(query)
    ]
