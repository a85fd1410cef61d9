"""One holder at a time, on the database's clock; the epoch tells terms apart and fences what is written."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from content.db import PROCESS, Database
from scheduler.leases import Term, give_up, hold, holds, last_beat
from scheduler.models.lease import Lease
from tests.postgres import BOTH, Postgres

TTL = timedelta(seconds=10)


def ask(session: Session, holder: str) -> Term | None:
    return hold(session, "scheduler", holder=holder, ttl=TTL)


def pass_time(session: Session, seconds: float) -> None:
    """Let the lease grow older (or, below zero, the clock go back)."""
    lease = session.get_one(Lease, "scheduler", populate_existing=True)
    lease.expires_at -= timedelta(seconds=seconds)
    lease.tick_at -= timedelta(seconds=seconds)
    session.flush()


@BOTH
def test_the_first_gets_it_and_keeps_it(session: Session) -> None:
    first = ask(session, "a")
    assert first == Term("scheduler", "a", 1)
    pass_time(session, 8)
    assert [ask(session, "a"), ask(session, "a")] == [first, first]


@BOTH
@pytest.mark.parametrize(
    ("seconds", "epoch"), [(0, None), (8, None), (10, 2), (3600, 2), (-1, 2), (-3600, 2)]
)
def test_another_gets_it_when_it_has_run_out_or_the_clock_went_back(
    session: Session, seconds: float, epoch: int | None
) -> None:
    ask(session, "a")
    pass_time(session, seconds)
    taken = ask(session, "b")
    assert (taken and taken.epoch) == epoch


@BOTH
def test_who_slept_and_was_not_missed_goes_on(session: Session) -> None:
    first = ask(session, "a")
    pass_time(session, 60)
    assert ask(session, "a") == first


@BOTH
def test_who_lost_it_is_told_and_does_not_get_it_back(session: Session) -> None:
    first = ask(session, "a")
    assert first is not None
    assert holds(session, first)
    pass_time(session, 20)
    second = ask(session, "b")
    assert second is not None
    assert (holds(session, first), holds(session, second), ask(session, "a")) == (False, True, None)


@BOTH
def test_an_older_term_of_the_same_process_is_over(session: Session) -> None:
    first = ask(session, "a")
    for name in ("b", "a"):
        pass_time(session, 20)
        ask(session, name)
    assert first is not None
    assert not holds(session, first)


@BOTH
def test_giving_up_lets_another_in_at_once(session: Session) -> None:
    first = ask(session, "a")
    assert first is not None
    give_up(session, Term("scheduler", "b", 1))
    assert ask(session, "b") is None
    give_up(session, first)
    assert ask(session, "b") == Term("scheduler", "b", 2)


@BOTH
def test_leases_are_apart(session: Session) -> None:
    ask(session, "a")
    assert hold(session, "other", holder="b", ttl=TTL) == Term("other", "b", 1)


@BOTH
def test_the_last_beat_shows_life(session: Session) -> None:
    assert last_beat(session, "scheduler") is None
    ask(session, "a")
    pass_time(session, 7)
    beat = last_beat(session, "scheduler")
    assert beat is not None
    assert beat.holder == "a"
    assert 7 <= beat.age.total_seconds() < 9


def ask_elsewhere(shared: Database) -> Term | None:
    with shared.writing() as session:
        return ask(session, "b")


def sleeper(shared: Database, name: str) -> tuple[Session, Term]:
    """Return the open transaction of a holder who fell asleep in it, and whose lease has run out."""
    with shared.writing() as session:
        term = ask(session, name)
        assert term is not None
        pass_time(session, 60)
    asleep = shared.session(write=True)
    assert holds(asleep, term)
    return asleep, term


@BOTH
def test_nobody_takes_over_while_the_holder_writes(shared: Database) -> None:
    asleep, _ = sleeper(shared, "a")
    with ThreadPoolExecutor(1) as pool:
        other: Future[Term | None] = pool.submit(ask_elsewhere, shared)
        with pytest.raises(TimeoutError):
            other.result(timeout=0.2)
        asleep.commit()
        assert other.result() == Term("scheduler", "b", 2)
    asleep.close()


def test_a_holder_asleep_in_a_transaction_is_cut_off(postgres_server: Postgres) -> None:
    with postgres_server.database() as shared:
        asleep, _ = sleeper(shared, PROCESS)
        assert ask_elsewhere(shared) == Term("scheduler", "b", 2)
        with pytest.raises(OperationalError, match="terminating connection"):
            asleep.execute(text("SELECT 1"))
        asleep.close()
