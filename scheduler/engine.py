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
STALLED_SECONDS = 60.0

log = logging.getLogger("scheduler")
OnFailure = Callable[[str, BaseException | None], None]


@dataclass(frozen=True)
class Job:
    """A work: `every` so long, or once a day `at` a wall time; `call` is given the instant of the knock."""

    name: str
    call: Callable[[datetime], object]
    every: timedelta | None = None
    at: time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"job {self.name} needs either every or at")


class Engine:
    """Runs `jobs` until it is stopped; `on_failure(name, error)` hears of each that failed or was missed."""

    def __init__(
        self,
        jobs: Iterable[Job],
        clock: Clock,
        on_failure: OnFailure,
        *,
        zone: ZoneInfo | None = None,
    ) -> None:
        self._jobs = list(jobs)
        self._clock = clock
        self._on_failure = on_failure
        self._zone = zone or ZoneInfo("UTC")
        self._pulse = clock.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Knock until `stop` is set; raise UnavailableError when the knocking itself has died."""
        scheduler = self._scheduler()
        scheduler.start()
        self._pulse = self._clock.monotonic()
        try:
            while not self._clock.wait(stop, TICK.total_seconds()):
                self._check_pulse()
        finally:
            scheduler.shutdown(wait=True)

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(self._jobs) + 2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        failed = EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES
        scheduler.add_listener(self._heard, failed)
        start = SystemClock().now().replace(microsecond=0) + TICK
        scheduler.add_job(self._beat, IntervalTrigger(seconds=1, start_date=start), id="pulse")
        for job in self._jobs:
            seconds = (job.every or TICK).total_seconds()
            trigger = IntervalTrigger(seconds=seconds, start_date=start, timezone=UTC)
            scheduler.add_job(self._knock(job), trigger, id=job.name)
        return scheduler

    def _knock(self, job: Job) -> Callable[[], None]:
        if job.at is not None:
            return _Daily(job, job.at, self._clock, self._zone)

        def knock() -> None:
            job.call(self._clock.now())

        return knock

    def _beat(self) -> None:
        self._pulse = self._clock.monotonic()

    def _check_pulse(self) -> None:
        if self._clock.monotonic() - self._pulse > STALLED_SECONDS:
            raise UnavailableError("Bộ lập lịch đã ngừng gõ nhịp; tiến trình cần được khởi động lại.")

    def _heard(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        if event.code == EVENT_JOB_MAX_INSTANCES:
            log.warning("job %s still runs; this knock is left out", event.job_id)
            return
        log.error("job %s failed or was missed: %s", event.job_id, error or "missed")
        self._on_failure(str(event.job_id), error)


class _Daily:
    """Knocked every second, does its work once a day, at the first knock after its wall time."""

    def __init__(self, job: Job, at: time, clock: Clock, zone: ZoneInfo) -> None:
        self._job = job
        self._at = at
        self._clock = clock
        self._zone = zone
        self._done = self._last_due(clock.now())

    def __call__(self) -> None:
        now = self._clock.now()
        due = self._last_due(now)
        if due > self._done:
            self._done = due
            self._job.call(now)

    def _last_due(self, now: datetime) -> date:
        local = now.astimezone(self._zone)
        return local.date() if local.time() >= self._at else local.date() - timedelta(days=1)
