"""Dispatch: what has been released and whose time has come is due.  It sounds nothing: the station does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler import states
from scheduler.models.airing import TO_START, Airing


def dispatch(session: Session, now: datetime) -> int:
    """Bring every released airing that was to start by `now` to `due`; return how many there were."""
    come = TO_START & (Airing.starts_at <= now)
    return states.move_many(session, come, State.DUE, at=now, by="dispatch")
