"""What stations have on some days in a row, counted by the database: a screen is thousands of airings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from content.contracts.airings import FINAL_RANK, State
from scheduler.board.airings import on_days
from scheduler.board.filling import RECALLED, SILENT, Lying, Voiced
from scheduler.models.airing import Airing
from scheduler.proof import SILENCE_GRACE
from scheduler.quiet import instant_at
from scheduler.rules import Rules

DAY = timedelta(days=1)


def airings_of(
    session: Session, stations: Collection[str], days: Sequence[date], *, now: datetime, rules: Rules
) -> list[Lying]:
    """Return what the stations have on some days in a row, as the week sees it."""
    numbered = case(
        *((Airing.starts_at < instant_at(day + DAY, time(), rules.zone), n) for n, day in enumerate(days))
    ).label("number")
    query = (
        select(
            Airing.station,
            numbered,
            Airing.window_id,
            _shown(now),
            func.count(),
            func.sum(Airing.duration_ms),
        )
        .where(*_there(stations, days, rules))
        .group_by(Airing.station, "number", Airing.window_id, "shown")
    )
    return [
        Lying(station, days[n], window, state, count, int(duration or 0))
        for station, n, window, state, count, duration in session.execute(query)
    ]


def voiced_at(
    session: Session, stations: Collection[str], days: Sequence[date], *, now: datetime, rules: Rules
) -> list[Voiced]:
    """Return what the stations have on some days in a row, programme by programme."""
    query = (
        select(
            Airing.programme,
            _shown(now),
            func.count(),
            func.sum(Airing.duration_ms),
            func.sum(Airing.heard_ms),
        )
        .where(*_there(stations, days, rules))
        .group_by(Airing.programme, "shown")
    )
    return [
        Voiced(code, state, count, int(duration or 0), int(sounded or 0))
        for code, state, count, duration, sounded in session.execute(query)
    ]


def _shown(now: datetime) -> ColumnElement[str]:
    unheard = and_(
        Airing.state.in_([str(State.RELEASED), str(State.DUE)]), Airing.not_after < now - SILENCE_GRACE
    )
    recalled = and_(Airing.recalled_at.is_not(None), Airing.rank < FINAL_RANK)
    return case((recalled, RECALLED), (unheard, SILENT), else_=Airing.state).label("shown")


def _there(stations: Collection[str], days: Sequence[date], rules: Rules) -> tuple[ColumnElement[bool], ...]:
    return Airing.station.in_(stations), *on_days(days[0], days[-1] + DAY, rules.zone)
