"""What stations have on some days in a row, read once for a whole screen: no rows, only what is counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session

from content.contracts.airings import FINAL_RANK, State
from scheduler.board.airings import on_days
from scheduler.board.filling import RECALLED, SILENT, Lying
from scheduler.models.airing import Airing
from scheduler.proof import SILENCE_GRACE
from scheduler.quiet import instant_at
from scheduler.rules import Rules

DAY = timedelta(days=1)


def airings_of(
    session: Session, stations: Collection[str], days: Sequence[date], *, now: datetime, rules: Rules
) -> list[Lying]:
    """Return what the stations have on some days in a row, as the week sees it."""
    numbered = [
        (Airing.starts_at < instant_at(day + DAY, time(), rules.zone), n) for n, day in enumerate(days)
    ]
    unheard = and_(
        Airing.state.in_([str(State.RELEASED), str(State.DUE)]), Airing.not_after < now - SILENCE_GRACE
    )
    recalled = and_(Airing.recalled_at.is_not(None), Airing.rank < FINAL_RANK)
    query = select(
        Airing.station,
        case(*numbered),
        Airing.window_id,
        Airing.programme,
        case((recalled, RECALLED), (unheard, SILENT), else_=Airing.state),
        Airing.duration_ms,
        Airing.heard_ms,
    ).where(Airing.station.in_(stations), *on_days(days[0], days[-1] + DAY, rules.zone))
    return [
        Lying(station, days[n], window, programme, shown, duration, heard or 0)
        for station, n, window, programme, shown, duration, heard in session.execute(query)
    ]
