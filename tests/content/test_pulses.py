"""Signs of life on the database's clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from content import pulses
from content.models.pulse import Pulse
from tests.postgres import BOTH

pytestmark = BOTH


def age(session: Session, name: str, by: timedelta) -> None:
    pulse = session.get_one(Pulse, name, populate_existing=True)
    pulse.seen_at -= by
    session.flush()


def test_the_newest_comes_first_and_kinds_are_apart(session: Session) -> None:
    for name in ("worker:a:1", "worker:b:1", "bell:a:8001"):
        pulses.beat(session, name)
    age(session, "worker:b:1", timedelta(seconds=30))
    assert [sign.name for sign in pulses.signs(session, "worker")] == ["worker:a:1", "worker:b:1"]
    assert 30 <= pulses.signs(session, "worker")[1].age.total_seconds() < 35


def test_an_error_stands_until_it_is_over(session: Session) -> None:
    pulses.beat(session, "job:plan", error=ZeroDivisionError("secret"))
    assert [sign.error for sign in pulses.signs(session, "job")] == ["ZeroDivisionError"]
    pulses.beat(session, "job:plan")
    assert [sign.error for sign in pulses.signs(session, "job")] == [None]


def test_who_is_long_gone_is_forgotten(session: Session) -> None:
    pulses.beat(session, "worker:a:1")
    pulses.beat(session, "worker:b:1")
    age(session, "worker:b:1", timedelta(days=3))
    pulses.forget_old(session)
    assert [sign.name for sign in pulses.signs(session, "worker")] == ["worker:a:1"]
