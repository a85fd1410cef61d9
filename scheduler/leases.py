"""Leases: of several processes that could do a work, one holds it; the epoch tells its terms apart."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.db import lock_chain
from scheduler.models.lease import Lease


def hold(session: Session, name: str, *, holder: str, ttl: timedelta, now: datetime) -> int | None:
    """Take or keep the lease until `now + ttl`; return its epoch, or None while another one holds it.

    The epoch rises whenever the lease had run out, so that a holder who slept can tell.
    """
    lock_chain(session, f"lease|{name}")
    lease = session.get(Lease, name, with_for_update=True, populate_existing=True)
    if lease is None:
        lease = Lease(name=name, holder=holder, epoch=1, expires_at=now + ttl, tick_at=now)
        session.add(lease)
    elif lease.expires_at <= now:
        lease.holder, lease.epoch = holder, lease.epoch + 1
    elif lease.holder != holder:
        return None
    lease.expires_at, lease.tick_at = now + ttl, now
    session.flush()
    return lease.epoch


def give_up(session: Session, name: str, *, holder: str, now: datetime) -> None:
    """Let the lease go at once, so that another need not wait."""
    lease = session.get(Lease, name, with_for_update=True, populate_existing=True)
    if lease is not None and lease.holder == holder and lease.expires_at > now:
        lease.expires_at = now
        session.flush()


def last_tick(session: Session, name: str) -> datetime | None:
    """Return when the work `name` last showed that it lives; None if it never did."""
    return session.scalar(select(Lease.tick_at).where(Lease.name == name))
