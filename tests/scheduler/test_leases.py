"""One holder at a time; the epoch tells terms apart."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from scheduler.leases import give_up, hold, last_tick
from tests.postgres import BOTH
from tests.scheduler.factories import NOW

pytestmark = BOTH

TTL = timedelta(seconds=10)


def ask(session: Session, holder: str, seconds: float) -> int | None:
    return hold(session, "scheduler", holder=holder, ttl=TTL, now=NOW + timedelta(seconds=seconds))


def test_the_first_gets_it_and_keeps_it(session: Session) -> None:
    assert [ask(session, "a", seconds) for seconds in (0, 5, 12)] == [1, 1, 1]


def test_another_gets_it_only_when_it_has_run_out(session: Session) -> None:
    ask(session, "a", 0)
    assert [ask(session, "b", 9.9), ask(session, "b", 10)] == [None, 2]


def test_who_slept_through_it_learns_so(session: Session) -> None:
    ask(session, "a", 0)
    assert ask(session, "a", 60) == 2


def test_who_lost_it_does_not_get_it_back_while_it_is_held(session: Session) -> None:
    ask(session, "a", 0)
    ask(session, "b", 20)
    assert ask(session, "a", 21) is None


def test_giving_up_lets_another_in_at_once(session: Session) -> None:
    ask(session, "a", 0)
    give_up(session, "scheduler", holder="b", now=NOW)
    assert ask(session, "b", 1) is None
    give_up(session, "scheduler", holder="a", now=NOW + timedelta(seconds=1))
    assert ask(session, "b", 1) == 2


def test_leases_are_apart(session: Session) -> None:
    ask(session, "a", 0)
    assert hold(session, "other", holder="b", ttl=TTL, now=NOW) == 1


def test_the_last_tick_shows_life(session: Session) -> None:
    assert last_tick(session, "scheduler") is None
    ask(session, "a", 3)
    assert last_tick(session, "scheduler") == NOW + timedelta(seconds=3)
