"""How fast 10,000 airings that begin at one instant become `due`; beside it one APScheduler job for each.

Run: `python benchmarks/burst.py [sqlite|postgresql] [--rounds N] [--no-naive]`.  Each round times the
whole tick (lease, dispatch, history, commit) over 10,000 airings that have just come, then a bare UPDATE
of 10,000 other rows of the same table by the driver alone.  `live` runs the real engine and waits for an
instant: from then to all rows committed as due, seen by another connection.  The naive way gives
APScheduler a date job for each airing on its SQLAlchemy store, its defaults untouched; a job does nothing
but note how late it is.
"""

from __future__ import annotations

import argparse
import logging
import threading
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from ground import STATIONS, bound, fill, house_on, settle
from sqlalchemy import func, select

from scheduler.engine import Engine, Job
from scheduler.models.airing import TO_START, Airing, AiringChange
from web.house import House
from web.processes.scheduler import Scheduler

COUNT = STATIONS
LATE: list[float] = []
_NEVER = threading.Event()


def note(planned: str) -> None:
    """Do what the naive way's job does: nothing but note how late it is."""
    LATE.append((datetime.now(UTC) - datetime.fromisoformat(planned)).total_seconds())


def bare_update(house: House, until: datetime) -> float:
    """Return the seconds of the smallest thing that could do it: one UPDATE by the driver alone."""
    on_sqlite = house.database.engine.dialect.name == "sqlite"
    mark = "?" if on_sqlite else "%s"
    update = f"UPDATE airing SET state = 'due', rank = 2 WHERE {TO_START} AND starts_at <= {mark}"  # noqa: S608
    raw = house.database.engine.raw_connection()
    cursor = raw.cursor()
    began = perf_counter()
    if on_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(update, (bound(house, until),))
    count = cursor.rowcount
    cursor.execute("COMMIT")
    took = perf_counter() - began
    raw.close()
    if count != COUNT:
        raise RuntimeError(f"{count} rows instead of {COUNT}")
    return took


def due(house: House) -> tuple[int, int]:
    """Return how many airings are due, and how many steps to `due` were written down."""
    with house.database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(Airing).where(Airing.state == "due"))
        steps = session.scalar(select(func.count()).select_from(AiringChange))
        return rows or 0, steps or 0


def tick_of(house: House) -> Job:
    """Return the job that holds the lease and dispatches."""
    return next(job for job in Scheduler(house).jobs() if job.name == "tick")


def by_hand(house: House, rounds: int) -> tuple[float, float]:
    """Return the medians of a tick over 10,000 airings that have come, and of the bare UPDATE after it."""
    tick, ticks, updates = tick_of(house), [], []
    tick.call(house.clock.now())
    now = house.clock.now()
    for number in range(rounds):
        fill(house, "abcdefghij"[number], COUNT, now - timedelta(seconds=1))
        fill(house, "klmnopqrst"[number], COUNT, now + timedelta(days=30))
        settle(house)
        before = due(house)[1]
        began = perf_counter()
        tick.call(house.clock.now())
        ticks.append(perf_counter() - began)
        if due(house)[1] - before != COUNT:
            raise RuntimeError("not all became due")
        updates.append(bare_update(house, now + timedelta(days=30, seconds=1)))
    return median(ticks), median(updates)


def live(house: House) -> float:
    """Return the seconds from an instant to all its airings committed as due, with the real engine."""
    instant = house.clock.now().replace(microsecond=500_000) + timedelta(seconds=6)
    fill(house, "z", COUNT, instant)
    settle(house)
    before, stop = due(house)[1], threading.Event()
    engine = Engine([tick_of(house)], house.clock, lambda name, error: print("failed:", name, error))
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    while due(house)[1] - before < COUNT:
        house.clock.wait(_NEVER, 0.01)
    took = (house.clock.now() - instant).total_seconds()
    stop.set()
    thread.join()
    return took


def naive(house: House) -> None:
    """Print what becomes of one job for each airing."""
    store = SQLAlchemyJobStore(engine=house.database.engine)
    scheduler, lost = BackgroundScheduler(jobstores={"default": store}, timezone=UTC), []
    answered = threading.Semaphore(0)

    def heard(event: JobEvent) -> None:
        if event.code == EVENT_JOB_MISSED:
            lost.append(event.job_id)
        answered.release()

    scheduler.add_listener(heard, EVENT_JOB_EXECUTED | EVENT_JOB_MISSED)
    scheduler.start(paused=True)
    began = perf_counter()
    store_jobs(scheduler, 0, 300, datetime.now(UTC) + timedelta(days=1))
    each = (perf_counter() - began) / 300
    scheduler.remove_all_jobs()
    began = perf_counter()
    instant = datetime.now(UTC) + timedelta(seconds=10 + 2 * each * COUNT)
    store_jobs(scheduler, 0, COUNT, instant)
    stored = perf_counter() - began
    LATE.clear()
    scheduler.resume()
    house.clock.wait(_NEVER, (instant - datetime.now(UTC)).total_seconds())
    for _ in range(COUNT):
        if not answered.acquire(timeout=60):
            break
    scheduler.shutdown(wait=True)
    print(f"  naive, one job each: stored in {stored:.1f} s; ran {len(LATE)}, missed {len(lost)}", end=" ")
    print(f"({100 * len(lost) / COUNT:.0f} %), last {max(LATE, default=0.0):.1f} s late", flush=True)


def store_jobs(scheduler: BackgroundScheduler, first: int, last: int, instant: datetime) -> None:
    """Store a date job for each airing."""
    for number in range(first, last):
        scheduler.add_job(note, "date", run_date=instant, args=[instant.isoformat()], id=str(number))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-naive", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    for kind in given.kinds:
        with house_on(kind) as house:
            took, bare = by_hand(house, given.rounds)
            allowed = 1 + 3 * bare
            print(f"{kind}: {COUNT} airings due: tick {took:.3f} s, bare UPDATE {bare:.3f} s", end=" ")
            print(f"({took / bare:.2f} x; allowed {allowed:.2f} s)")
            seen = live(house)
            print(f"  live: committed {seen:.2f} s after the instant (allowed {allowed:.2f} s)", flush=True)
            if not given.no_naive:
                naive(house)


if __name__ == "__main__":
    main()
