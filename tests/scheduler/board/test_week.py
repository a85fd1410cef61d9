"""How full days are: pauses, what takes no time, gaps, totals, quotas, days that are not planned yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from content.db import Database
from scheduler import quotas
from scheduler.board.day import Gap, ward_day
from scheduler.board.filling import Cell
from scheduler.board.week import WeekTable, week_table
from scheduler.models.plan import Unplaced
from scheduler.models.station import Station
from tests.postgres import BOTH
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    local,
    make_airing,
    make_programme,
    make_scene,
    make_station,
    make_window,
)

DAY = timedelta(days=1)


def table(session: Session, *stations: Station) -> WeekTable:
    return week_table(session, stations, TODAY, now=NOW, rules=RULES)


def cell(session: Session, station: Station, day: int = 0) -> Cell:
    return table(session, station).rows[0][1][day]


def lay(session: Session, station: Station, window: int | None, seconds: int, **more: object) -> None:
    make_airing(session, station, window_id=window, duration_ms=seconds * 1000, **more)


@BOTH
def test_a_pause_follows_each_clip(session: Session) -> None:
    station = make_station(session)
    window = make_window(session, station)
    for _ in range(3):
        lay(session, station, window.id, 100)
    found = cell(session, station)
    assert (found.used_ms, found.free_ms, found.airings) == (303_000, 597_000, 3)


def test_the_last_pause_may_run_over(session: Session) -> None:
    station = make_station(session)
    window = make_window(session, station)
    lay(session, station, window.id, 900)
    assert (cell(session, station).free_ms, cell(session, station).is_over) == (0, False)


@pytest.mark.parametrize(
    "gone", [{"state": "cancelled"}, {"state": "skipped"}, {"state": "missed"}, {"recalled_at": NOW}]
)
def test_what_does_not_sound_takes_no_time(session: Session, gone: dict[str, object]) -> None:
    station = make_station(session)
    lay(session, station, make_window(session, station).id, 100, **gone)
    assert (cell(session, station).used_ms, cell(session, station).airings) == (0, 1)


def test_over_under_and_outside(session: Session) -> None:
    station = make_station(session)
    window = make_window(session, station)
    lay(session, station, window.id, 1000)
    lay(session, station, None, 60)
    first, second = table(session, station).rows[0][1][:2]
    assert (first.is_over, first.is_under, first.outside_ms) == (True, False, 60_000)
    assert (second.is_over, second.is_under, second.free_ms) == (False, True, 900_000)


def test_nothing_heard_of_it_and_recalled_are_told_apart(session: Session) -> None:
    station = make_station(session)
    lay(session, station, None, 60, state="due")
    lay(session, station, None, 60, recalled_at=NOW)
    rows = week_table(session, [station], TODAY, now=local("08:00"), rules=RULES).rows
    assert dict(rows[0][1][0].states) == {"silent": 1, "recalled": 1}


def test_days_beyond_the_horizon_are_free_and_unmarked(session: Session) -> None:
    station = make_station(session)
    make_window(session, station)
    far = week_table(session, [station], TODAY + 60 * DAY, now=NOW, rules=RULES)
    assert {(one.free_ms, one.is_under) for one in far.rows[0][1]} == {(900_000, False)}


def test_totals_and_airtime(session: Session) -> None:
    stations = [make_station(session) for _ in range(2)]
    for station in stations:
        lay(
            session,
            station,
            make_window(session, station).id,
            60,
            programme="03",
            state="played",
            heard_ms=50_000,
        )
    quotas.set_quota(session, make_programme(session), 600, by="an", now=NOW)
    found = table(session, *stations)
    [airtime] = found.airtime
    assert (found.totals[0].used_ms, found.totals[1].free_ms) == (122_000, 1_800_000)
    assert (airtime.planned_ms, airtime.played_ms, airtime.quota_ms) == (120_000, 100_000, 1_200_000)
    assert airtime.owed_ms == 1_080_000


def test_a_day_has_gaps_between_its_airings(session: Session) -> None:
    scene = make_scene(session)
    lay(session, scene.station, scene.window.id, 60, starts_at=local("06:02"))
    lay(session, scene.station, scene.window.id, 60, starts_at=local("06:03:01"))
    session.add(
        Unplaced(order_id=scene.order.id, station=scene.station.name, due=TODAY, n=1, reason="x", at=NOW)
    )
    found = ward_day(session, scene.station, TODAY, now=NOW, rules=RULES)
    gaps = [entry.milliseconds for entry in found.sheets[0].entries if isinstance(entry, Gap)]
    assert gaps == [119_000, 658_000]
    assert [left.n for left, _ in found.unplaced] == [1]


def test_the_table_asks_as_much_for_many_stations_as_for_few(session: Session, database: Database) -> None:
    stations = [make_station(session) for _ in range(12)]
    for station in stations:
        make_window(session, station)
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    table(session, *stations[:2])
    few = len(seen)
    table(session, *stations)
    assert len(seen) - few <= few
