"""The engine knocks, goes on after a failure, and never runs one job twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Self

import pytest
from apscheduler.schedulers import SchedulerNotRunningError

from content.clock import SteppedClock, SystemClock
from content.errors import UnavailableError
from scheduler.engine import TICK, Engine, Job, _Daily, _Every
from tests.scheduler.factories import ZONE, local

QUICK = timedelta(milliseconds=50)
PATIENCE = 30.0


class Runs:
    """An engine in a thread of its own, with what went wrong in its jobs."""

    def __init__(self, *jobs: Job) -> None:
        self.failures: list[tuple[str, BaseException | None]] = []
        self.failed = threading.Event()
        self._stop = threading.Event()
        self.engine = Engine(jobs, SystemClock(), self._note, patience=0.2)
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop,))

    def _note(self, name: str, error: BaseException | None) -> None:
        self.failures.append((name, error))
        self.failed.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def hold_up(self) -> None:
        """Let the knocking stop, as APScheduler does that waits for a time long past."""
        held = None
        # On a machine that stands still for a second the engine may just be winding it up anew itself.
        while held is not self.engine._scheduler:
            held = self.engine._scheduler
            try:
                held.pause()
            except SchedulerNotRunningError:
                held = None


class Knocks:
    """Counts knocks and rings after so many."""

    def __init__(self, wanted: int = 2, then: Callable[[], object] | None = None) -> None:
        self.instants: list[datetime] = []
        self.enough = threading.Event()
        self._wanted = wanted
        self._then = then

    def __call__(self, now: datetime) -> None:
        self.instants.append(now)
        if len(self.instants) >= self._wanted:
            self.enough.set()
        if self._then:
            self._then()

    def then(self, more: Callable[[datetime], object]) -> None:
        """Do more at every knock from now on."""
        self._then = lambda: more(self.instants[-1])


def fail() -> None:
    raise ZeroDivisionError


def test_a_job_is_knocked_again_and_again() -> None:
    knocks = Knocks()
    with Runs(Job("dispatch", knocks, every=QUICK)):
        assert knocks.enough.wait(PATIENCE)
    assert knocks.instants[0].tzinfo is UTC


def test_a_failing_job_is_told_of_and_knocked_again() -> None:
    bad, good = Knocks(2, fail), Knocks(2)
    with Runs(Job("bad", bad, every=QUICK), Job("good", good, every=QUICK)) as runs:
        assert bad.enough.wait(PATIENCE)
        assert good.enough.wait(PATIENCE)
        assert runs.failed.wait(PATIENCE)
    assert {(name, type(error)) for name, error in runs.failures} == {("bad", ZeroDivisionError)}


def test_a_slow_job_does_not_run_twice_at_once() -> None:
    gate, inside, most = threading.Event(), [0], [0]

    def slow() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(PATIENCE)
        inside[0] -= 1

    slow_one, other = Knocks(1, slow), Knocks(20)
    with Runs(Job("slow", slow_one, every=QUICK), Job("other", other, every=QUICK)) as runs:
        assert other.enough.wait(PATIENCE)
        gate.set()
    assert (most, runs.failures) == ([1], [])


def test_a_slow_job_does_not_delay_the_tick() -> None:
    gate = threading.Event()
    slow, tick = Knocks(1, lambda: gate.wait(PATIENCE)), Knocks(3)
    with Runs(Job("slow", slow, every=TICK), Job("tick", tick, every=TICK)):
        assert tick.enough.wait(PATIENCE)
        gate.set()
    assert len(slow.instants) == 1


def test_an_engine_whose_knocking_stopped_is_wound_up_anew() -> None:
    """As when the machine's clock is set back by an hour, and APScheduler waits for that hour."""
    knocks, again = Knocks(1), Knocks(1)
    with Runs(Job("tick", knocks, every=QUICK)) as runs:
        assert knocks.enough.wait(PATIENCE)
        runs.hold_up()
        knocks.then(again)
        assert again.enough.wait(PATIENCE)


def test_a_job_still_at_work_is_not_begun_again_when_it_is_wound_up_anew() -> None:
    gate, slow, tick = threading.Event(), Knocks(1), Knocks(1)
    slow.then(lambda _now: gate.wait(PATIENCE))
    with Runs(Job("slow", slow, every=QUICK), Job("tick", tick, every=QUICK)) as runs:
        assert slow.enough.wait(PATIENCE)
        runs.hold_up()
        again = Knocks(5)
        tick.then(again)
        assert again.enough.wait(PATIENCE)
        assert len(slow.instants) == 1
        gate.set()


@pytest.mark.parametrize("times", [{}, {"every": QUICK, "at": time(6)}])
def test_a_job_has_one_kind_of_time(times: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either"):
        Job("x", Knocks(), **times)  # type: ignore[arg-type]


def test_a_job_is_done_once_in_its_time_though_it_is_knocked_every_second() -> None:
    knocks, clock = Knocks(), SteppedClock(local("02:00"))
    job = _Every(Job("plan", knocks, every=timedelta(seconds=10)), timedelta(seconds=10), clock)
    for _ in range(31):
        job()
        clock.advance(1)
    assert [(instant - local("02:00")).total_seconds() for instant in knocks.instants] == [0, 10, 20, 30]


def test_a_job_that_was_anothers_is_asked_again_the_next_second() -> None:
    answers, asked, clock = iter((False, False, True)), Knocks(), SteppedClock(local("02:00"))

    def ask(now: datetime) -> bool:
        asked(now)
        return next(answers)

    job = _Every(Job("plan", ask, every=timedelta(seconds=10)), timedelta(seconds=10), clock)
    for _ in range(9):
        job()
        clock.advance(1)
    assert [(instant - local("02:00")).total_seconds() for instant in asked.instants] == [0, 1, 2]


def test_a_daily_job_runs_once_at_the_first_knock_after_its_time() -> None:
    knocks, clock = Knocks(), SteppedClock(local("02:00"))
    daily = _Daily(Job("report", knocks, at=time(3)), time(3), clock, ZONE)
    for hour in (0, 1.5, 0.1, 20, 6, 0.5):
        clock.advance(hour * 3600)
        daily()
    assert [instant.astimezone(ZONE).strftime("%d %H:%M") for instant in knocks.instants] == [
        "23 03:30",
        "24 05:36",
    ]


def test_a_daily_job_that_was_anothers_is_asked_again_until_it_is_done() -> None:
    answers, asked, clock = iter((False, False, True)), Knocks(), SteppedClock(local("02:59"))

    def ask(now: datetime) -> bool:
        asked(now)
        return next(answers)

    daily = _Daily(Job("report", ask, at=time(3)), time(3), clock, ZONE)
    for _ in range(6):
        clock.advance(60)
        daily()
    assert len(asked.instants) == 3


def test_a_daily_job_missed_for_days_runs_once() -> None:
    knocks, clock = Knocks(), SteppedClock(local("02:00"))
    daily = _Daily(Job("report", knocks, at=time(3)), time(3), clock, ZONE)
    clock.advance(5 * 86_400)
    daily()
    daily()
    assert len(knocks.instants) == 1


def test_an_engine_that_no_longer_knocks_says_so() -> None:
    clock = SteppedClock(local("02:00"))
    engine = Engine([], clock, lambda _name, _error: None)
    clock.advance(61)
    with pytest.raises(UnavailableError):
        engine._check_pulse()
