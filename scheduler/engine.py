"""The engine: it only knocks.  A handful of fixed jobs, each at its time, never twice at once.

What is to be done stands in rows, so a knock that came late, or not at all, is made good by the next.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from content.clock import Clock, SystemClock
from content.errors import UnavailableError

TICK = timedelta(seconds=1)
PATIENCE_SECONDS = 3.0
STALLED_SECONDS = 60.0
SLACK_SECONDS = 0.5
"""Knocks come a little early or late; half a second early is meant for now."""

log = logging.getLogger("scheduler")
OnFailure = Callable[[str, BaseException | None], None]


@dataclass(frozen=True)
class Job:
    """A work: `every` so long, or once a day `at` a wall time; `call` is given the instant of the knock.

    One that answers False has not been done (another process was to do it) and is asked again the next
    second, so that who takes over a work begins it at once.
    """

    name: str
    call: Callable[[datetime], object]
    every: timedelta | None = None
    at: time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"job {self.name} needs either every or at")


class Engine:
    """Runs `jobs` until it is stopped; `on_failure(name, error)` hears of each that failed or was missed.

    APScheduler waits by the machine's wall clock: set back by an hour, it would sleep for an hour.  So
    a pulse is watched on a clock that no correction moves, and after `patience` seconds without one the
    knocking is wound up anew.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        clock: Clock,
        on_failure: OnFailure,
        *,
        zone: ZoneInfo | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        zone = zone or ZoneInfo("UTC")
        self._knocks = [_knock(job, clock, zone) for job in jobs]
        self._clock = clock
        self._on_failure = on_failure
        self._patience = patience
        self._pulse = self._wound = clock.monotonic()
        self._scheduler = BackgroundScheduler()

    def run(self, stop: threading.Event) -> None:
        """Knock until `stop` is set; raise UnavailableError when the knocking itself has died."""
        self._wind_up()
        try:
            while not self._clock.wait(stop, min(TICK.total_seconds(), self._patience)):
                self._check_pulse()
        finally:
            self._scheduler.shutdown(wait=True)

    def _wind_up(self) -> None:
        self._scheduler = self._make_scheduler()
        self._scheduler.start()
        self._wound = self._clock.monotonic()

    def _make_scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(self._knocks) + 2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        failed = EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES
        scheduler.add_listener(self._heard, failed)
        start = SystemClock().now().replace(microsecond=0) + TICK
        scheduler.add_job(self._beat, IntervalTrigger(seconds=1, start_date=start), id="pulse")
        for knock in self._knocks:
            seconds = min(knock.job.every or TICK, TICK).total_seconds()
            trigger = IntervalTrigger(seconds=seconds, start_date=start, timezone=UTC)
            scheduler.add_job(knock, trigger, id=knock.job.name)
        return scheduler

    def _beat(self) -> None:
        self._pulse = self._clock.monotonic()

    def _check_pulse(self) -> None:
        now = self._clock.monotonic()
        if now - self._pulse > STALLED_SECONDS:
            raise UnavailableError("Bộ lập lịch đã ngừng gõ nhịp; tiến trình cần được khởi động lại.")
        if now - max(self._pulse, self._wound) > self._patience + TICK.total_seconds():
            log.warning("no knock for %.0f s (was the clock set back?); winding up anew", now - self._pulse)
            self._scheduler.shutdown(wait=False)
            self._wind_up()

    def _heard(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        if event.code == EVENT_JOB_MAX_INSTANCES:
            log.warning("job %s still runs; this knock is left out", event.job_id)
            return
        log.error("job %s failed or was missed: %s", event.job_id, error or "missed")
        self._on_failure(str(event.job_id), error)


class _Knock:
    """Does a job's work when it is knocked at, unless it is still at it."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self.job = job
        self._clock = clock
        self._busy = threading.Lock()

    def __call__(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                self._work(self._clock.now())
            finally:
                self._busy.release()

    def _work(self, now: datetime) -> None:
        self.job.call(now)


class _Every(_Knock):
    """Knocked every second, does its work when so long has passed since it was last done."""

    def __init__(self, job: Job, every: timedelta, clock: Clock) -> None:
        super().__init__(job, clock)
        self._every = every.total_seconds()
        self._due = clock.monotonic()

    def _work(self, now: datetime) -> None:
        began, before = self._clock.monotonic(), self._due
        if began >= before - SLACK_SECONDS:
            self._due = began + self._every
            if self.job.call(now) is False:
                self._due = before


class _Daily(_Knock):
    """Knocked every second, does its work once a day, at the first knock after its wall time."""

    def __init__(self, job: Job, at: time, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__(job, clock)
        self._at = at
        self._zone = zone
        self._done = self._last_due(clock.now())

    def _work(self, now: datetime) -> None:
        before, due = self._done, self._last_due(now)
        if due > before:
            self._done = due
            if self.job.call(now) is False:
                self._done = before

    def _last_due(self, now: datetime) -> date:
        local = now.astimezone(self._zone)
        return local.date() if local.time() >= self._at else local.date() - timedelta(days=1)


def _knock(job: Job, clock: Clock, zone: ZoneInfo) -> _Knock:
    if job.at is not None:
        return _Daily(job, job.at, clock, zone)
    if job.every is not None and job.every > TICK:
        return _Every(job, job.every, clock)
    return _Knock(job, clock)
