"""What benchmarks of the scheduler stand on: a migrated database of each kind, filled by SQL alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from pydantic import SecretStr
from sqlalchemy import text

from content.clock import SystemClock
from content.db import UtcDateTime
from content.settings import Settings
from tests import postgres
from web import migrate
from web.house import House

STATIONS = 10_000
_SERIES = {
    "sqlite": "WITH RECURSIVE serie(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM serie WHERE i < :count)",
    "postgresql": "WITH serie(i) AS (SELECT * FROM generate_series(1, :count))",
}
_LATER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', :start, (:apart * (i - 1) / :count) || ' seconds')",
    "postgresql": "CAST(:start AS timestamptz) + make_interval(secs => :apart * (i - 1) / :count)",
}
_NAME = {
    "sqlite": "printf('%s%031d', :mark, i)",
    "postgresql": ":mark || lpad(CAST(i AS text), 31, '0')",
}
_AIRINGS = """INSERT INTO airing (id, kind, level, station, unit_id, starts_at, not_after, duration_ms, title,
state, rank, released_generation, created_at, updated_at)
{series} SELECT {name}, 'bulletin', 'normal', 'tram-' || (1 + i % :stations), 1, {later}, {later}, 60000,
'Bản tin', 'released', 1, 1, :now, :now FROM serie"""
_STATION = """INSERT INTO station (name, unit_id, title, created_at, enrolled_at, generation, clips_missing)
{series} SELECT 'tram-' || i, 1, 'Trạm ' || i, :now, :now, 1, '[]' FROM serie"""


@contextmanager
def house_on(kind: str) -> Iterator[House]:
    """Give a migrated house on `sqlite` or `postgresql`, both durable, with 10,000 stations."""
    with TemporaryDirectory() as folder:
        if kind == "sqlite":
            yield from _opened(Path(folder), None)
            return
        with postgres.serving(durable=True) as server, server.bare_database() as bare:
            yield from _opened(Path(folder), bare.engine.url.render_as_string(hide_password=False))


def _opened(folder: Path, url: str | None) -> Iterator[House]:
    secret = None if url is None else SecretStr(url)
    house = House.open(Settings(mode="rehearsal", data_dir=folder, database_url=secret), SystemClock())
    migrate.upgrade(house.database.engine)
    now = house.clock.now()
    with house.database.writing() as session:
        session.execute(
            text(
                "INSERT INTO unit (id, slug, name, kind, valid_from, self_approval)"
                " VALUES (1, 'ha-noi', 'Hà Nội', 'city', '2020-01-01', false)"
            )
        )
        statement = text(_STATION.format(series=_SERIES[house.database.engine.dialect.name]))
        session.execute(statement, {"count": STATIONS, "now": bound(house, now)})
    yield house
    house.close()


def fill(house: House, mark: str, count: int, start: datetime, *, over_s: float = 0) -> None:
    """Store `count` released airings that begin at `start`, or spread over so many seconds after it.

    `mark`: one letter that tells them apart from others.
    """
    kind = house.database.engine.dialect.name
    sql = _AIRINGS.format(series=_SERIES[kind], name=_NAME[kind], later=_LATER[kind])
    given = {"mark": mark, "count": count, "apart": float(over_s), "stations": STATIONS}
    moments = {"start": bound(house, start), "now": bound(house, house.clock.now())}
    with house.database.writing() as session:
        session.execute(text(sql), {**given, **moments})


def settle(house: House) -> None:
    """Let the database know its tables, as it does by itself after a while."""
    with house.database.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        vacuum = "VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"
        autocommit.exec_driver_sql(vacuum)


def bound(house: House, moment: datetime) -> object:
    """Return an instant as the driver takes it."""
    kind = house.database.engine.dialect
    given = UtcDateTime().process_bind_param(moment, kind)
    return given if kind.name == "postgresql" else f"{given:%Y-%m-%d %H:%M:%S.%f}"
