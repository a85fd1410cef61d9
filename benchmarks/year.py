"""A simulated year of many wards in accelerated time: its log, and an independent look at what stands.

Run: `python benchmarks/year.py [--wards 30] [--days 366] [--seed 2025] [--quiet]`.

People order, cancel, pick, merge wards and change rules at random (2025 has Tết on 29 January and a leap
sixth month).  Every morning the planner follows the log; nothing inside the lock-in may move, and every
third day a second run over all stations must write nothing.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from content.db import Database
from tests.scheduler.year import FIRST, Year, faults
from web.tables import metadata


def main() -> None:
    """Live one year and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wards", type=int, default=30)
    parser.add_argument("--days", type=int, default=366)
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--quiet", action="store_true", help="no log of what people did")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/year.db")
        metadata.create_all(database.engine)
        with database.session(write=True) as session:
            began, year = perf_counter(), Year(session, Random(given.seed))  # noqa: S311 (a play, no secret)
            year.settle(given.wards)
            for number in range(given.days):
                year.live(FIRST + timedelta(days=number))
                session.commit()
            took, found = perf_counter() - began, list(faults(session))
        database.dispose()
    if not given.quiet:
        print("\n".join(year.log))
    print(f"{given.wards} wards, {given.days} days in {took:.0f} s: {dict(year.counts)}")
    print("\n".join(found) or "the look at what stands finds nothing")


if __name__ == "__main__":
    main()
