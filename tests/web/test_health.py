"""`/healthz`: good only while the database answers and the scheduler ticks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from scheduler import leases
from tests.web.hall import NOW, Browser, Hall


def tick(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        leases.hold(session, "scheduler", holder="may:1", ttl=timedelta(seconds=5), now=NOW)


def test_before_the_scheduler_ticked_it_is_not_good(stranger: Browser) -> None:
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == {"ok": True}
    assert answer.get_json()["scheduler"] == {"ok": False, "why": "never ticked"}


@pytest.mark.parametrize(("age", "status"), [(0, 200), (5, 200), (5.1, 503), (3600, 503)])
def test_a_tick_counts_for_five_seconds(hall: Hall, stranger: Browser, age: float, status: int) -> None:
    tick(hall)
    hall.clock.advance(age)
    answer = stranger.get("/healthz")
    assert answer.status_code == status
    assert answer.get_json()["ok"] is (status == 200)
    assert answer.get_json()["scheduler"]["last_tick"] == "2026-11-23T01:00:00.000Z"


def test_it_tells_the_mode_and_the_time(stranger: Browser) -> None:
    told = stranger.get("/healthz").get_json()
    assert (told["mode"], told["now"]) == ("rehearsal", "2026-11-23T01:00:00.000Z")


def test_a_lost_database_is_named(hall: Hall, stranger: Browser) -> None:
    with hall.house.database.writing() as session:
        session.execute(text("DROP TABLE lease"))
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["scheduler"] == {"ok": False, "why": "OperationalError"}
