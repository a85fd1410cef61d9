"""What a second costs in which nothing is due, with a million airings to come.

Run: `python benchmarks/tick.py [sqlite|postgresql] [--rows N]`.  `bare` is the indexed query alone, by the
driver, in a transaction of its own; `dispatch` is the step that looks for what is due, in its own
transaction; `tick` is the whole job of each second: the lease held, the sign of life, dispatch, commit.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

from ground import bound, fill, house_on, settle

from scheduler.dispatch import dispatch
from scheduler.models.airing import TO_START
from web.house import House
from web.processes.scheduler import Scheduler

TIMES = 300


def times(work: Callable[[], object]) -> float:
    """Return the median milliseconds of a work."""
    taken = []
    for _ in range(TIMES):
        began = perf_counter()
        work()
        taken.append((perf_counter() - began) * 1000)
    return median(taken)


def bare(house: House) -> Callable[[], object]:
    """Return the bare query."""
    on_sqlite = house.database.engine.dialect.name == "sqlite"
    mark = "?" if on_sqlite else "%s"
    query = f"SELECT id FROM airing WHERE {TO_START} AND starts_at <= {mark}"  # noqa: S608
    raw = house.database.engine.raw_connection()
    cursor = raw.cursor()

    def ask() -> None:
        if on_sqlite:
            cursor.execute("BEGIN")
        cursor.execute(query, (bound(house, house.clock.now()),))
        if cursor.fetchall():
            raise RuntimeError("something is due")
        raw.commit()

    return ask


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    for kind in given.kinds:
        with house_on(kind) as house:
            fill(house, "f", given.rows, house.clock.now() + timedelta(hours=1), over_s=7 * 86_400)
            settle(house)
            tick = next(job for job in Scheduler(house).jobs() if job.name == "tick")

            def step(house: House = house) -> None:
                with house.database.writing() as session:
                    dispatch(session, house.clock.now())

            floor = times(bare(house))
            alone = times(step)
            whole = times(lambda: tick.call(house.clock.now()))  # noqa: B023
            print(f"{kind}: {given.rows} to come: bare query {floor:.2f} ms, ", end="")
            print(f"dispatch {alone:.2f} ms ({alone / floor:.1f} x), ", end="")
            print(f"whole tick {whole:.2f} ms ({whole / floor:.1f} x)", flush=True)


if __name__ == "__main__":
    main()
