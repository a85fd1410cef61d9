"""Dispatch: what has been released and whose time has come is due.  It sounds nothing: the station does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler import states
from scheduler.models.airing import TO_START, Airing

_TABLE = Airing.__table__
_ANY = select(1).where(TO_START, _TABLE.c.starts_at <= bindparam("now")).limit(1)
"""Asked first: in most seconds the answer is no, and asking costs next to nothing."""


def dispatch(session: Session, now: datetime) -> int:
    """Bring every released airing that was to start by `now` to `due`; return how many there were."""
    if session.connection().execute(_ANY, {"now": now}).first() is None:
        return 0
    come = TO_START & (Airing.starts_at <= now)
    return states.move_many(session, come, State.DUE, at=now, by="dispatch")
