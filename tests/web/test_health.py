"""`/healthz`: good only while the database answers and the scheduler ticks; the rest is told as warnings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from audio import rendering
from content import pulses
from content.models.pulse import Pulse
from scheduler import leases
from scheduler.models.lease import Lease
from tests.web.hall import NOW, Browser, Hall


def tick(hall: Hall, age: float = 0) -> None:
    """Let the scheduler have ticked so many seconds ago."""
    with hall.house.database.writing() as session:
        leases.hold(session, "scheduler", holder="may:1", ttl=timedelta(seconds=5))
        session.get_one(Lease, "scheduler").tick_at -= timedelta(seconds=age)


def beat(hall: Hall, name: str, age: float = 0, *, error: BaseException | None = None) -> None:
    with hall.house.database.writing() as session:
        pulses.beat(session, name, error=error)
        session.get_one(Pulse, name).seen_at -= timedelta(seconds=age)


def test_before_the_scheduler_ticked_it_is_not_good(stranger: Browser) -> None:
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == {"ok": True}
    assert answer.get_json()["scheduler"] == {"ok": False, "why": "never ticked"}


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (3, 200), (4.1, 503), (3600, 503), (-0.5, 200), (-3600, 503)]
)
def test_a_dead_scheduler_is_told_within_five_seconds_by_who_asks_each_second(
    hall: Hall, stranger: Browser, age: float, status: int
) -> None:
    tick(hall, age)
    answer = stranger.get("/healthz")
    assert answer.status_code == status
    assert answer.get_json()["ok"] is (status == 200)
    assert abs(answer.get_json()["scheduler"]["age_ms"] - age * 1000) < 900


def test_it_tells_the_mode_and_the_time(stranger: Browser) -> None:
    told = stranger.get("/healthz").get_json()
    assert (told["mode"], told["now"]) == ("rehearsal", "2026-11-23T01:00:00.000Z")


def test_a_lost_database_is_named(hall: Hall, stranger: Browser) -> None:
    with hall.house.database.writing() as session:
        session.execute(text("DROP TABLE lease"))
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["scheduler"] == {"ok": False, "why": "OperationalError"}


def test_worker_and_bell_are_missed_but_nothing_fails_for_them(hall: Hall, stranger: Browser) -> None:
    tick(hall)
    answer = stranger.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json()["warnings"] == ["worker", "bell"]
    assert answer.get_json()["bell"] == {"ok": False, "why": "never seen"}


@pytest.mark.parametrize(("age", "warnings"), [(0, []), (25, []), (31, ["worker", "bell"])])
def test_workers_and_the_bell_are_missed_after_half_a_minute(
    hall: Hall, stranger: Browser, age: float, warnings: list[str]
) -> None:
    tick(hall)
    for name in ("worker:may:1", "bell:may:8001"):
        beat(hall, name, age)
    beat(hall, "worker:may:2", 3600)
    assert stranger.get("/healthz").get_json()["warnings"] == warnings


@pytest.mark.parametrize(("minutes", "good"), [(1, True), (3, False)])
def test_a_voice_waited_for_too_long_is_told(hall: Hall, stranger: Browser, minutes: int, good: bool) -> None:
    beat(hall, "worker:may:1")
    with hall.house.database.writing() as session:
        asked = NOW - timedelta(minutes=minutes)
        rendering.request(session, spoken="Xin chào.", title="", programme=None, voices=("hum",), now=asked)
    assert stranger.get("/healthz").get_json()["worker"]["ok"] is good


def test_a_failing_job_is_named_by_the_class_of_its_error(hall: Hall, stranger: Browser) -> None:
    beat(hall, "job:plan", error=ZeroDivisionError("a secret"))
    answer = stranger.get("/healthz")
    assert answer.get_json()["jobs"] == {"ok": False, "failing": {"plan": "ZeroDivisionError"}}
    assert "secret" not in answer.text
