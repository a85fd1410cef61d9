"""Dispatch: what has been released and whose time has come is due.  It sounds nothing: the station does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler import states
from scheduler.models.airing import Airing


def dispatch(session: Session, now: datetime) -> int:
    """Bring every released airing that was to start by `now` to `due`; return how many there were."""
    come = (Airing.state == str(State.RELEASED)) & (Airing.starts_at <= now) & Airing.recalled_at.is_(None)
    return len(states.move_all(session, come, State.DUE, at=now, by="dispatch"))
