"""Signs of life: processes and jobs leave them, `/healthz` reads them.  Services flush, never commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content.db import database_time
from content.models.pulse import Pulse

FORGOTTEN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Sign:
    """A sign of life `age` old (negative: the clock went back); `error` is a class of errors, no text."""

    name: str
    age: timedelta
    error: str | None


def beat(session: Session, name: str, *, error: BaseException | None = None) -> None:
    """Note that `name` lives now, and whether it fails."""
    now = session.scalars(select(database_time())).one()
    pulse = session.get(Pulse, name) or Pulse(name=name)
    pulse.seen_at, pulse.error = now, None if error is None else type(error).__name__
    session.add(pulse)
    session.flush()


def signs(session: Session, kind: str) -> list[Sign]:
    """Return the last sign of every `kind:…`, the newest first."""
    query = select(Pulse.name, Pulse.seen_at, Pulse.error, database_time())
    found = session.execute(query.where(Pulse.name.startswith(f"{kind}:")).order_by(Pulse.seen_at.desc()))
    return [Sign(name, now - seen_at, error) for name, seen_at, error, now in found]


def forget_old(session: Session) -> None:
    """Forget who has not been heard of for days: machines come and go."""
    limit = -FORGOTTEN_AFTER.total_seconds()
    session.execute(delete(Pulse).where(Pulse.seen_at < database_time(limit)))
