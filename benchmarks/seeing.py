"""How long the week table, a ward's day and a why take over a year of airings.

python benchmarks/seeing.py [--small] [--stations 600] [--days 371] [--only sqlite|postgresql]

Builds a town on SQLite and on PostgreSQL (a server of its own), asks each question several times over
different wards and weeks, and prints the median, the least and the
slowest time, and the processor time of this process.  Asserts nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import Engine, Index, insert, select, text
from sqlalchemy.orm import Session

from content import plans
from content.clock import SteppedClock, SystemClock
from content.contracts.airings import order_airing_id
from content.db import Database
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.people import Grant, Role, User
from content.models.plan import Programme
from content.models.unit import Unit
from content.settings import Settings
from scheduler import board
from scheduler.board.day import ward_day
from scheduler.board.week import week_table
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.manifest import Manifest
from scheduler.models.order import Order, OrderUnit
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import instant_at
from scheduler.rulebook import SHIPPED, import_rules
from scheduler.rules import Rules
from scheduler.why import why
from tests import postgres
from web.app import create_app
from web.house import House
from web.processes.serve import settle
from web.tables import metadata

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
AHEAD, A_DAY, SECONDS = 6, 18, 80
STARTS = ("06:00", "17:00")
DISTRICTS = 12
ROUNDS = 9
_CLOCK = SystemClock()
Times = tuple[float, float]
"""Milliseconds on the clock, and of this process's own processor time (SQLite's work counts in it)."""


@dataclass(frozen=True)
class Town:
    """What was built, and what the questions are asked about."""

    database: Database
    stations: list[Station]
    rules: Rules
    orders: list[int]
    airings: int

    def here(self, first: int, count: int = 50) -> list[Station]:
        """Return some wards' stations, going round."""
        return [
            self.stations[(first + n) % len(self.stations)] for n in range(min(count, len(self.stations)))
        ]


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="60 stations, 20 days")
    parser.add_argument("--stations", type=int, default=600)
    parser.add_argument("--days", type=int, default=371, help="days, the coming ones counted")
    parser.add_argument("--only", choices=postgres.KINDS)
    asked = parser.parse_args()
    size = (60, 20) if asked.small else (asked.stations, asked.days)
    for kind in postgres.KINDS:
        if asked.only in {None, kind}:
            with _database(kind) as database:
                _report(kind, _build(database, *size))


@contextmanager
def _database(kind: str) -> Iterator[Database]:
    if kind == "postgresql":
        with postgres.serving(durable=True) as server, server.bare_database() as bare:
            yield bare
        return
    with tempfile.TemporaryDirectory(prefix="loaphuong-seeing-") as folder:
        opened = Database.open(f"sqlite:///{folder}/loaphuong.db")
        yield opened
        opened.dispose()


def _build(database: Database, stations: int, days: int) -> Town:
    began = _CLOCK.monotonic()
    metadata.create_all(database.engine)
    rules = Rules.of(Settings(mode="production"))
    first = TODAY + (AHEAD + 1) * DAY - days * DAY
    with database.writing() as session:
        made = _make_stations(session, stations, first)
        import_rules(session, SHIPPED, by="bench", now=NOW)
        weeks = (TODAY + AHEAD * DAY - first) // WEEK + 2
        orders = _make_orders(session, weeks, first)
    count = _fill(database, _rows(made, orders, rules, first, days))
    seconds = _CLOCK.monotonic() - began
    print(f"\n{database.engine.dialect.name}: {count:,} airings of {stations} stations in {seconds:.0f} s")
    with database.reading() as session:
        found = list(session.scalars(select(Station).order_by(Station.name)))
    return Town(database, found, rules, [order.id for order in orders[-A_DAY:]], count)


def _make_stations(session: Session, count: int, first: date) -> list[tuple[Station, list[int]]]:
    since = {"valid_from": first}
    city = Unit(slug="ha-noi", name="Hà Nội", kind="city", tags=[], **since)
    session.add(city)
    session.flush()
    boss = User(login="bench", name="Bench", password_hash="-", created_at=NOW)  # noqa: S106
    boss.grants = [Grant(role=Role.OFFICE, unit_id=city.id)]
    session.add(boss)
    districts = [
        Unit(slug=f"q-{n}", name=f"Quận {n}", kind="district", parent_id=city.id, tags=["noi-thanh"], **since)
        for n in range(1, DISTRICTS + 1)
    ]
    session.add_all(districts)
    session.flush()
    return [_make_station(session, n, districts[n % DISTRICTS], first) for n in range(count)]


def _make_station(session: Session, n: int, district: Unit, first: date) -> tuple[Station, list[int]]:
    ward = Unit(
        slug=f"p-{n}", name=f"Phường {n}", kind="ward", parent_id=district.id, tags=[], valid_from=first
    )
    session.add(ward)
    session.flush()
    station = Station(name=f"p-{n:03}-1", unit_id=ward.id, title=ward.name, created_at=NOW, clips_missing=[])
    station.heard_at, station.generation, station.enrolled_at, station.clock_ok = NOW, 900, NOW, True
    session.add(station)
    session.flush()
    held = {"payload": b"", "sha256": "0" * 64, "issued_at": NOW, "to": NOW + WEEK}
    session.add(Manifest(station=station.name, generation=900, **held))
    windows = [
        Window(
            station=station.name,
            title=f"Buổi {start}",
            rrule="FREQ=DAILY",
            local_start=start,
            budget_ms=15 * 60_000,
            first_day=first,
            created_at=NOW,
        )
        for start in STARTS
    ]
    session.add_all(windows)
    session.flush()
    return station, [window.id for window in windows]


def _make_orders(session: Session, weeks: int, first: date) -> list[Order]:
    """Give each week as many bulletins, each ordered to the whole town once a day, as a day has airings."""
    programmes = plans.import_plan(session, plans.SHIPPED, by="bench", now=NOW).plan.programmes
    city = session.scalars(select(Unit.id).where(Unit.kind == "city")).one()
    author = session.scalars(select(User.id)).one()
    return [
        _make_order(
            session,
            first + week * WEEK,
            programmes[n % len(programmes)],
            city=city,
            author=author,
            serial=week * 100 + n,
        )
        for week in range(weeks)
        for n in range(A_DAY)
    ]


def _make_order(
    session: Session, first: date, programme: Programme, *, city: int, author: int, serial: int
) -> Order:
    digest = hashlib.sha256(str(serial).encode()).hexdigest()
    bulletin = Bulletin(unit_id=city, created_by=author, created_at=NOW)
    session.add(bulletin)
    session.flush()
    days = {"valid_from": first, "valid_to": first + 6 * DAY}
    revision = Revision(
        bulletin_id=bulletin.id,
        number=1,
        programme_id=programme.id,
        level="normal",
        title=f"Bản tin {serial}",
        text=f"Văn bản {serial}",
        text_sha256=digest,
        spoken="văn bản",
        spoken_sha256=digest,
        lexicon_version="1",
        author_id=author,
        updated_at=NOW,
        state="approved",
        **days,
    )
    session.add(revision)
    session.flush()
    session.add(
        Approval(
            revision_id=revision.id,
            text_sha256=digest,
            spoken_sha256=digest,
            clip_sha256=digest,
            bytes=640_000,
            duration_ms=SECONDS * 1000,
            media_type="audio/mpeg",
            voice="espeak",
            lexicon_version="1",
            decided_by=author,
            decided_at=NOW,
            heard_ms=SECONDS * 1000,
        )
    )
    order = Order(
        bulletin_id=bulletin.id,
        level="normal",
        first_day=first,
        last_day=first + 6 * DAY,
        weekdays="1234567",
        times_per_day=1,
        fixed_times=[],
        created_by=author,
        created_at=NOW - 400 * DAY,
        units=[OrderUnit(unit_id=city)],
    )
    session.add(order)
    session.flush()
    return order


def _rows(
    stations: list[tuple[Station, list[int]]], orders: list[Order], rules: Rules, first: date, days: int
) -> Iterator[list[dict[str, Any]]]:
    """Give the airings of one day after the other, each day's by id as the planner writes them."""
    for n in range(days):
        day = first + n * DAY
        held = orders[n // 7 * A_DAY : (n // 7 + 1) * A_DAY]
        begins = [instant_at(day, datetime.strptime(at, "%H:%M").time(), rules.zone) for at in STARTS]  # noqa: DTZ007
        made = [
            _row(station, windows[m % 2], held[m], day, begins[m % 2] + timedelta(seconds=m // 2 * 90))
            for station, windows in stations
            for m in range(A_DAY)
        ]
        yield sorted(made, key=lambda row: row["id"])


def _row(station: Station, window: int, order: Order, day: date, at: datetime) -> dict[str, Any]:
    played, released = at < NOW, at < NOW + timedelta(hours=96)
    state = "played" if played else "released" if released else "planned"
    return {
        "id": order_airing_id(order.id, station.name, day, 1),
        "kind": "bulletin",
        "level": "normal",
        "station": station.name,
        "unit_id": station.unit_id,
        "order_id": order.id,
        "bulletin_id": order.bulletin_id,
        "revision_id": order.bulletin_id,
        "approval_id": order.bulletin_id,
        "window_id": window,
        "due": day,
        "n": 1,
        "starts_at": at,
        "not_after": at + timedelta(minutes=2),
        "duration_ms": SECONDS * 1000,
        "clip_sha256": "c" * 64,
        "clip_bytes": 640_000,
        "media_type": "audio/mpeg",
        "title": f"Bản tin {order.id}",
        "programme": f"{order.id % 10 + 1:02}",
        "state": state,
        "rank": 4 if played else 1 if released else 0,
        "started_at": at if played else None,
        "ended_at": at + timedelta(seconds=SECONDS) if played else None,
        "heard_ms": SECONDS * 1000 if played else None,
        "released_generation": 900 if released else None,
        "created_at": at - WEEK,
        "updated_at": at,
    }


def _fill(database: Database, days: Iterator[list[dict[str, Any]]]) -> int:
    """Write the rows and the last week's steps; indexes are made afterwards, which is only faster."""
    engine, count = database.engine, 0
    indexes = [index for index in metadata.tables["airing"].indexes if isinstance(index, Index)]
    for index in indexes:
        index.drop(engine)
    for rows in days:
        with database.writing() as session:
            _hurry(session)
            session.execute(insert(Airing), rows)
            steps = [step for row in rows for step in _steps(row)] if rows[0]["due"] > TODAY - WEEK else []
            if steps:
                session.execute(insert(AiringChange), steps)
        count += len(rows)
    for index in indexes:
        index.create(engine)
    _settle(engine)
    return count


def _hurry(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("SET LOCAL synchronous_commit = off"))


def _settle(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _steps(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state, by in (("released", "release"), ("due", "dispatch"), ("on_air", row["station"])):
        if row["rank"] >= {"released": 1, "due": 2, "on_air": 3}[state]:
            yield {"airing": row["id"], "at": row["updated_at"], "state": state, "by": by}
    if row["rank"] == 4:  # noqa: PLR2004
        yield {"airing": row["id"], "at": row["updated_at"], "state": row["state"], "by": row["station"]}


def _report(kind: str, town: Town) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday())
    long_ago = max(
        monday - 26 * WEEK, TODAY + (AHEAD + 1) * DAY - town.airings // (len(town.stations) * A_DAY) * DAY
    )
    print(f"  {'':48} median ms     least   slowest  own CPU")

    def week(start: date) -> Callable[[Session, int], object]:
        return lambda s, n: week_table(s, town.here(50 * n), start, now=NOW, rules=town.rules)

    def every(start: date, days: int) -> Callable[[Session, int], object]:
        begin = instant_at(start, datetime.min.time(), town.rules.zone)
        return lambda s, _: board.coverage(s, begin, begin + timedelta(days=days))

    some = _some_airings(town)
    absent = TODAY + 3 * DAY
    questions: list[tuple[str, Callable[[Session, int], object]]] = [
        ("week table, 50 wards, this week (limit 150)", week(monday)),
        ("week table, 50 wards, next week (limit 100)", week(monday + WEEK)),
        ("week table, 50 wards, half a year ago (limit 100)", week(long_ago)),
        (
            "a ward's day (limit 50)",
            lambda s, n: ward_day(s, town.stations[n], TODAY, now=NOW, rules=town.rules),
        ),
        ("why of an airing (limit 50)", lambda s, n: why(s, airing_id=some[n], now=NOW, rules=town.rules)),
        (
            "why of an absence (limit 50)",
            lambda s, n: why(
                s,
                station=town.stations[n].name,
                order_id=town.orders[n % A_DAY] - A_DAY,
                day=absent,
                now=NOW,
                rules=town.rules,
            ),
        ),
        ("coverage of all stations, one week", every(monday, 7)),
        ("what was heard last, everywhere", lambda s, _: board.recent_played(s)),
        (
            "what was heard last, one ward",
            lambda s, n: board.recent_played(s, unit_ids=[town.stations[n].unit_id]),
        ),
        ("every station at a glance", lambda s, _: board.stations_overview(s, NOW)),
        (
            "airings of a day, one ward",
            lambda s, n: board.day_of_units(s, [town.stations[n].unit_id], TODAY, town.rules.zone),
        ),
    ]
    for name, ask in questions:
        _print(name, [_timed(town.database, ask, n) for n in range(ROUNDS)])
    _pages(town, monday)
    print(f"  {kind} holds {_size(town.database) / 1e9:.2f} GB")


def _pages(town: Town, monday: date) -> None:
    """Ask for whole pages through the application, as a browser would, without the network."""
    with tempfile.TemporaryDirectory() as folder:
        house = House.open(Settings(mode="production", data_dir=Path(folder)), SteppedClock(NOW))
        seen = House(**{**vars(house), "database": town.database})
        client = create_app(seen).test_client()
        with town.database.reading() as session:
            user = session.scalars(select(User)).one()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{user.id}:{user.epoch}"
        paths = {
            "page: week table, first screen (limit 150)": "/office/tuan",
            "page: week table, rows 51–100 (limit 100)": "/office/tuan?trang=2&phan=1",
            "page: week table, the week before (limit 100)": f"/office/tuan?tuan={monday - WEEK}&phan=1",
            "page: a ward's day (limit 50)": f"/office/tuan/{town.stations[7].name}/{TODAY}",
            "page: why of an airing (limit 50)": f"/office/luot-phat/{_some_airings(town)[0]}",
            "page: the plan with this week's airtime": "/office/ke-hoach",
            "page: all stations (limit 150)": "/office/tram",
            "page: all stations, the polled part (limit 150)": "/office/tram-live",
            "page: one station, the polled part (limit 50)": f"/office/tram/{town.stations[7].name}/live",
            "page: a ward's desk, the polled part (limit 50)": f"/ward/{_ward_of(town.stations[7])}/live",
        }
        client.get("/office/tuan")
        settle()
        for name, path in paths.items():
            _print(name, [_answered(client, path) for _ in range(ROUNDS)])
        house.close()


def _ward_of(station: Station) -> str:
    return f"p-{int(station.name.split('-')[1])}"


def _answered(client: Any, path: str) -> Times:
    began = _now()
    answer = client.get(path)
    took = _since(began)
    if answer.status_code != 200:  # noqa: PLR2004
        raise SystemExit(f"{path}: {answer.status_code}")
    return took


def _timed(database: Database, ask: Callable[[Session, int], object], n: int) -> Times:
    with database.reading() as session:
        session.execute(select(1))
        began = _now()
        ask(session, n)
        return _since(began)


def _now() -> Times:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return _CLOCK.monotonic() * 1000, (used.ru_utime + used.ru_stime) * 1000


def _since(began: Times) -> Times:
    wall, cpu = _now()
    return wall - began[0], cpu - began[1]


def _print(name: str, times: list[Times]) -> None:
    walls, own = [wall for wall, _ in times], [cpu for _, cpu in times]
    middle = statistics.median(walls)
    print(f"  {name:48} {middle:9.1f} {min(walls):9.1f} {max(walls):9.1f} {statistics.median(own):8.1f}")


def _some_airings(town: Town) -> list[str]:
    with town.database.reading() as session:
        return [
            session.scalars(
                select(Airing.id)
                .where(Airing.station == station.name, Airing.starts_at < NOW)
                .order_by(Airing.starts_at.desc())
                .limit(1)
            ).one()
            for station in town.here(0, ROUNDS)
        ]


def _size(database: Database) -> int:
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        pages = session.scalar(text("PRAGMA page_count")) or 0
        return pages * (session.scalar(text("PRAGMA page_size")) or 0)


if __name__ == "__main__":
    main()
