"""Leases: of several processes that could do a work, one holds it; the epoch tells its terms apart.

Time is the database's own, the same for all.  A lease that ends later than a fresh one would counts as
over: the clock was set back.  Who holds a lease writes only in transactions that ask `holds` first; while
such a transaction is open nobody else can take over, and after that it finds that the epoch has risen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from content.db import database_time
from scheduler.models.lease import Lease

_CUT_OFF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :holder"
    " AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)
_UNSYNCED = {"synchronize_session": False}
_TABLE = cast("Table", Lease.__table__)


@dataclass(frozen=True)
class Term:
    """The right of `holder` to do the work `name`, until somebody else takes over."""

    name: str
    holder: str
    epoch: int


@dataclass(frozen=True)
class Beat:
    """When the work last showed that it lives, how long ago (negative: the clock went back), and by whom."""

    at: datetime
    age: timedelta
    holder: str


def hold(session: Session, name: str, *, holder: str, ttl: timedelta) -> Term | None:
    """Take or keep the lease for `ttl` from now; return the term, or None while another one holds it."""
    return _renew(session, name, holder, ttl) or _take(session, name, holder, ttl)


def is_anothers(session: Session, name: str, *, holder: str, ttl: timedelta) -> bool:
    """Tell whether somebody else holds the lease now; nothing is locked: who stands by costs nothing."""
    seen = _look(session, name)
    return seen is not None and seen[0].holder != holder and not _over(*seen, ttl)


def holds(session: Session, term: Term) -> bool:
    """Tell whether the term still runs, and keep it from ending before this transaction does."""
    mine = select(Lease.epoch).where(
        Lease.name == term.name, Lease.holder == term.holder, Lease.epoch == term.epoch
    )
    return session.scalar(mine.with_for_update(read=True, key_share=True)) is not None


def give_up(session: Session, term: Term) -> None:
    """Let the lease go at once, so that another need not wait."""
    if holds(session, term):
        gone = update(Lease).where(Lease.name == term.name).values(expires_at=database_time())
        session.execute(gone, execution_options=_UNSYNCED)


def last_beat(session: Session, name: str) -> Beat | None:
    """Return when the work `name` last showed that it lives; None if it never did."""
    query = select(Lease.tick_at, database_time(), Lease.holder).where(Lease.name == name)
    row = session.execute(query).one_or_none()
    return None if row is None else Beat(row[0], row[1] - row[0], row[2])


def _renew(session: Session, name: str, holder: str, ttl: timedelta) -> Term | None:
    """Go on: nobody else took over, however long it was."""
    renewal = _renewal(ttl, session.get_bind().dialect.name)
    epoch = session.connection().execute(renewal, {"of": name, "by": holder}).scalar()
    return None if epoch is None else Term(name, holder, epoch)


@cache
def _renewal(ttl: timedelta, dialect: str) -> ReturningUpdate[Any]:
    """Return the statement of every second, built once.

    On PostgreSQL its transaction does not wait for the disk: what a crash of the database could lose is
    a second of the lease, and steps to `due` that the next tick takes again.
    """
    unhurried = [func.set_config("synchronous_commit", "off", True)] if dialect == "postgresql" else []
    return (
        update(_TABLE)
        .where(_TABLE.c.name == bindparam("of"), _TABLE.c.holder == bindparam("by"))
        .values(expires_at=database_time(ttl.total_seconds()), tick_at=database_time())
        .returning(_TABLE.c.epoch, *unhurried)
    )


def _take(session: Session, name: str, holder: str, ttl: timedelta) -> Term | None:
    seen = _look(session, name)
    if seen is None:
        return _begin(session, name, holder, ttl)
    if not _over(*seen, ttl):
        return None
    _cut_off(session, seen[0].holder)
    seen = _look(session, name, lock=True)
    if seen is None or not _over(*seen, ttl):
        return None
    lease, now = seen
    lease.holder, lease.epoch = holder, lease.epoch + 1
    lease.expires_at, lease.tick_at = now + ttl, now
    session.flush()
    return Term(name, holder, lease.epoch)


def _begin(session: Session, name: str, holder: str, ttl: timedelta) -> Term | None:
    """Make the row; of several who try at once, one does."""
    now = session.scalars(select(database_time())).one()
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, epoch=1, expires_at=now + ttl, tick_at=now))
    except IntegrityError:
        return None
    return Term(name, holder, 1)


def _look(session: Session, name: str, *, lock: bool = False) -> tuple[Lease, datetime] | None:
    query = select(Lease, database_time()).where(Lease.name == name)
    if lock:
        query = query.with_for_update(of=Lease)
    row = session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    return None if row is None else (row[0], row[1])


def _over(lease: Lease, now: datetime, ttl: timedelta) -> bool:
    return not now < lease.expires_at <= now + ttl


def _cut_off(session: Session, holder: str) -> None:
    """Close the connections of who held the lease: stopped in a transaction it would keep its locks.

    On SQLite there is nothing to do: its file is locked by who lives on this very machine.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_CUT_OFF, {"holder": holder})
