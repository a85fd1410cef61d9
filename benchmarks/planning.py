"""How fast the planner fills 10,000 stations × 20 airings, and how little it does when little changed.

Run: `python benchmarks/planning.py [sqlite|postgresql …] [--stations N] [--apart]`.  All times are of one
run; the floor writes the same finished rows into the same table with the same indexes in one transaction,
by the driver alone (sqlite3 executemany; psycopg COPY into a staging table, then INSERT … ON CONFLICT).
Half of the wards' stations differ in their windows from one another's; with `--apart` every station has
windows of its own, so that no decision serves two.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from ground import house_on
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from content import audit
from content.db import Database
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.people import User
from content.models.plan import Plan, Programme
from content.models.unit import Unit
from scheduler.models.airing import Airing
from scheduler.models.order import Order, OrderUnit
from scheduler.models.quota import Quota
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.planning import plan
from scheduler.rules import Rules
from scheduler.storing import COLUMNS
from web.house import House
from web.processes.scheduler import settle

AIRINGS = 20
PER_WARD = 20
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
"""05:00 on Monday the 23rd in Việt Nam."""
TODAY = date(2026, 11, 23)
T = TypeVar("T")


@dataclass(frozen=True)
class Took:
    """Seconds by the clock on the wall, and of this process's CPU (all of the work on SQLite)."""

    wall: float
    cpu: float

    def __truediv__(self, other: Took) -> str:
        return f"{self.wall / other.wall:.2f} (CPU {self.cpu / other.cpu:.2f})"

    def __str__(self) -> str:
        return f"{self.wall:7.3f} s (CPU {self.cpu:.3f} s)"


def timed(work: Callable[[], T]) -> tuple[Took, T]:
    """Return what a work took, and its result."""
    gc.collect()
    began, busy = perf_counter(), process_time()
    result = work()
    return Took(perf_counter() - began, process_time() - busy), result


def build(session: Session, stations: int, *, apart: bool) -> None:
    """Store units, stations, two windows a day each, one order a ward and two for all."""
    wards = -(-stations // PER_WARD)
    session.execute(text("DELETE FROM station"))
    _units(session, wards, stations)
    fresh = {"created_at": NOW, "enrolled_at": NOW, "generation": 0, "clips_missing": []}
    names = [f"tram-{n:05}" for n in range(stations)]
    session.execute(
        insert(Station),
        [{"name": name, "unit_id": 100_000 + n, "title": name, **fresh} for n, name in enumerate(names)],
    )
    session.execute(
        insert(Window),
        [_window(n, name, hour, apart=apart) for n, name in enumerate(names) for hour in (6, 17)],
    )
    _matters(session, wards)


def _units(session: Session, wards: int, stations: int) -> None:
    rows = [_unit(10 + n, f"phuong-{n}", "ward", 1) for n in range(wards)]
    rows += [_unit(100_000 + n, f"cum-{n}", "cluster", 10 + n // PER_WARD) for n in range(stations)]
    session.execute(insert(Unit), rows)


def _unit(number: int, slug: str, kind: str, parent: int) -> dict[str, Any]:
    named = {"id": number, "slug": slug, "name": slug, "kind": kind}
    return {**named, "parent_id": parent, "valid_from": date(2020, 1, 1)}


def _window(n: int, station: str, hour: int, *, apart: bool) -> dict[str, Any]:
    minute = n % 50 if apart else n // PER_WARD % 2 * (n % PER_WARD)
    budget = 900_000 + (n if apart else 0)
    return {
        "station": station,
        "title": "Buổi phát",
        "rrule": "FREQ=DAILY",
        "local_start": f"{hour:02}:{minute:02}",
        "budget_ms": budget,
        "first_day": TODAY,
        "created_at": NOW,
    }


def _matters(session: Session, wards: int) -> None:
    session.add(User(id=1, login="van-phong", name="-", password_hash="-", created_at=NOW))  # noqa: S106
    made = Plan(id=1, key="k", version=1, title="-", issuer="-", source="-", sha256="0" * 64, imported_at=NOW)
    made.term_from, made.term_to = 2025, 2030
    made.programmes.extend(Programme(code=f"{n:02}", title="-", short_title="-") for n in range(1, 11))
    session.add(made)
    session.flush()
    for programme in made.programmes:
        quota = {"seconds_per_week": 600, "set_by": "-", "set_at": NOW}
        session.add(Quota(programme_id=programme.id, **quota))
    for number in range(1, wards + 3):
        _approved(session, number, made.programmes[number % 10].id)
    session.flush()
    _order(session, 1, [1])
    _order(session, 2, [1], level="priority")
    for n in range(wards):
        _order(session, 3 + n, [10 + n], weekdays="123456")
    _order(
        session, wards + 3, [10 + n for n in range(min(5, wards))], bulletin=1, last_day=TODAY - timedelta(1)
    )


def _approved(session: Session, number: int, programme: int) -> None:
    seconds = 45 + number % 40
    shared = {"text_sha256": "0" * 64, "spoken_sha256": "0" * 64, "lexicon_version": "1"}
    session.add(Bulletin(id=number, unit_id=1, created_by=1, created_at=NOW))
    session.flush()
    days = {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=60), "updated_at": NOW, "author_id": 1}
    words = {"title": f"Bản tin {number}", "text": "-", "spoken": "-", "level": "priority"}
    revision = Revision(
        id=number, bulletin_id=number, number=1, programme_id=programme, state="approved", **words, **days
    )
    revision.text_sha256 = revision.spoken_sha256 = "0" * 64
    revision.lexicon_version = "1"
    session.add(revision)
    session.flush()
    clip = {"clip_sha256": f"{number:064}", "bytes": 16_000 * seconds, "duration_ms": 1000 * seconds}
    decided = {"decided_by": 1, "decided_at": NOW, "heard_ms": 1000 * seconds}
    session.add(
        Approval(
            id=number, revision_id=number, media_type="audio/mpeg", voice="-", **clip, **shared, **decided
        )
    )


def _order(session: Session, number: int, units: Sequence[int], **more: Any) -> None:
    fields: dict[str, Any] = {
        "level": "normal",
        "first_day": TODAY - timedelta(days=1),
        "last_day": TODAY + timedelta(days=30),
        "weekdays": "1234567",
        "times_per_day": 1,
        "fixed_times": [],
    }
    bulletin = more.pop("bulletin", number)
    order = Order(id=number, bulletin_id=bulletin, created_by=1, created_at=NOW, **{**fields, **more})
    session.add(order)
    session.flush()
    session.add_all(OrderUnit(order_id=number, unit_id=unit) for unit in units)
    session.flush()


def run(database: Database, rules: Rules) -> dict[str, int]:
    """Plan until nothing waits: as the scheduler process does, knock after knock."""
    total = {"stations": 0, "written": 0, "unplaced": 0}
    with database.writing() as session:
        done = plan(session, NOW, rules)
        total["stations"], total["written"] = done.stations, done.written
        total["unplaced"] = len(done.unplaced)
    return total


def change(database: Database, order: int, **values: Any) -> None:
    """Change an order as a service does: the row, and a line in the log."""
    with database.writing() as session:
        session.execute(update(Order).where(Order.id == order).values(**values))
        audit.record(session, "order.change", actor="van-phong", subject=f"order:{order}", now=NOW)


def floor(house: House) -> tuple[Took, int]:
    """Take every airing away and write the very rows again by the driver alone; return its cost, and rows."""
    database, names = house.database, ", ".join(f'"{name}"' for name in COLUMNS)
    on_sqlite = database.engine.dialect.name == "sqlite"
    raw = database.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(f"SELECT {names} FROM airing")  # noqa: S608
    rows = cursor.fetchall()
    raw.commit()
    if on_sqlite:
        cursor.execute("DELETE FROM airing")
        cursor.execute("VACUUM")
        began, busy = perf_counter(), process_time()
        cursor.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(COLUMNS))
        cursor.executemany(f"INSERT INTO airing ({names}) VALUES ({marks})", rows)  # noqa: S608
        cursor.execute("COMMIT")
    else:
        cursor.execute("TRUNCATE airing CASCADE")
        raw.commit()
        began, busy = perf_counter(), process_time()
        cursor.execute("CREATE TEMP TABLE staging (LIKE airing INCLUDING DEFAULTS) ON COMMIT DROP")
        with cursor.copy(f"COPY staging ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO airing ({names}) SELECT {names} FROM staging ON CONFLICT (id) DO NOTHING"  # noqa: S608
        )
        raw.commit()
    took = Took(perf_counter() - began, process_time() - busy)
    raw.close()
    return took, len(rows)


def measure(kind: str, stations: int, *, apart: bool) -> None:
    """Print every figure of one database."""
    with house_on(kind) as house:
        database, rules = house.database, Rules(house.settings.zone)
        with database.writing() as session:
            build(session, stations, apart=apart)
        whole, done = timed(lambda: run(database, rules))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{kind}, {stations} stations{', each with its own windows' if apart else ''}")
        print(f"  all planned and stored     {whole}  {done}  peak {peak:.0f} MB")
        least, rows = floor(house)
        print(f"  the same {rows} rows by the driver {least}  ratio {whole / least}, at most 3")
        wards = -(-stations // PER_WARD)
        said = [("nothing changed", None, {})]
        said.append(("one order for 100 stations", wards + 3, {"last_day": TODAY + timedelta(days=30)}))
        said.append(("one order for all: weekdays", 1, {"weekdays": "12345"}))
        said.append(("one order for all: first", 1, {"level": "priority"}))
        for what, order, values in said:
            if order is not None:
                change(database, order, **values)
            took, done = timed(lambda: run(database, rules))
            print(
                f"  {what:28} {took}  {took.wall / whole.wall:.2%} (CPU {took.cpu / whole.cpu:.2%})  {done}"
            )
        with database.reading() as session:
            doubles = select(Airing.order_id).group_by(Airing.order_id, Airing.station, Airing.due, Airing.n)
            found = session.scalars(doubles.having(func.count() > 1)).all()
        print(f"  keys twice: {len(found)}")


def main() -> None:
    """Measure the databases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--stations", type=int, default=10_000)
    parser.add_argument("--apart", action="store_true")
    given = parser.parse_args()
    settle()
    for kind in given.kinds:
        measure(kind, given.stations, apart=given.apart)


if __name__ == "__main__":
    main()
