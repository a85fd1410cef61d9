"""What pages ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from content.contracts.asrun import Event
from content.db import Database
from content.errors import NotFoundError
from scheduler import board
from scheduler.alarms import raise_alarm
from scheduler.intake import take_in
from scheduler.stations import Connection
from tests.scheduler.factories import (
    NOW,
    TODAY,
    ZONE,
    local,
    make_airing,
    make_scene,
    make_station,
    open_pen,
)
from tests.scheduler.test_manifests import release

DAY = timedelta(days=1)


def test_a_day_is_a_local_day(session: Session) -> None:
    station = make_station(session)
    at = ("00:00", "12:00", "23:59")
    wanted = [make_airing(session, station, starts_at=local(text)) for text in at]
    make_airing(session, station, starts_at=local("23:59", TODAY - DAY))
    make_airing(session, station, starts_at=local("00:00", TODAY + DAY))
    make_airing(session, make_station(session))
    assert board.day_of(session, station.name, TODAY, ZONE) == wanted


def test_a_day_of_several_units(session: Session) -> None:
    first, second = make_station(session), make_station(session)
    later = make_airing(session, first, starts_at=local("07:00"))
    sooner = make_airing(session, second, starts_at=local("06:00"))
    make_airing(session, make_station(session))
    units = [first.unit_id, second.unit_id]
    assert board.day_of_units(session, units, TODAY, ZONE) == [sooner, later]


def test_the_airings_of_an_order(session: Session) -> None:
    scene, other = make_scene(session), make_scene(session)
    owed = {"order_id": scene.order.id, "n": 1}
    later = make_airing(
        session, scene.station, due=TODAY + DAY, starts_at=local("06:00", TODAY + DAY), **owed
    )
    sooner = make_airing(session, scene.station, due=TODAY, **owed)
    make_airing(session, other.station, order_id=other.order.id, n=1, due=TODAY)
    assert board.of_order(session, scene.order.id) == [sooner, later]


def test_now_and_next(session: Session) -> None:
    station = make_station(session)
    playing = make_airing(session, station, state="on_air", starts_at=local("06:00"))
    make_airing(session, station, starts_at=local("06:05"), recalled_at=NOW)
    coming = make_airing(session, station, starts_at=local("06:10"))
    make_airing(session, station, starts_at=local("06:20"))
    assert board.now_and_next(session, station.name, local("06:01")) == board.NowAndNext(playing, coming)


def test_nothing_now_and_nothing_next(session: Session) -> None:
    station = make_station(session)
    assert board.now_and_next(session, station.name, NOW) == board.NowAndNext(None, None)


def test_a_story_has_every_step_the_station_s_own_lines_and_their_seal(session: Session) -> None:
    station = make_station(session)
    airing, pen = make_airing(session, station), open_pen(station)
    pen.play(airing.id, local("06:00"))
    take_in(session, station, pen.batch(), local("07:00"))
    told = board.story(session, airing.id, local("07:00"))
    assert [change.state for change in told.changes] == ["on_air", "played"]
    assert [record.event for record in told.records] == [Event.STARTING, Event.FINISHED]
    assert [(seal.first, seal.last) for seal in told.sealed_by] == [(1, 3)]


def test_a_story_tells_of_silence(session: Session) -> None:
    airing = make_airing(session, make_station(session), state="due")
    assert board.story(session, airing.id, local("07:00")).not_heard_from


def test_an_unknown_airing_has_no_story(session: Session) -> None:
    with pytest.raises(NotFoundError):
        board.story(session, "0" * 32, NOW)


def test_recently_played_is_what_was_heard_newest_first(session: Session) -> None:
    station, other = make_station(session), make_station(session)
    for n, state in enumerate(["played", "missed", "partial", "due"]):
        started = NOW + n * DAY if state in {"played", "partial"} else None
        make_airing(session, station, state=state, started_at=started, title=state)
    make_airing(session, other, state="played", started_at=NOW, title="khác")
    here = board.recent_played(session, unit_ids=[station.unit_id])
    assert [airing.title for airing in here] == ["partial", "played"]
    crowd = [make_station(session, unit=station.unit) for _ in range(board.FEW)]
    there = board.recent_played(session, unit_ids=[crowd[0].unit_id])
    assert [airing.title for airing in there] == ["partial", "played"]
    assert len(board.recent_played(session)) == 3
    assert len(board.recent_played(session, limit=1)) == 1


def test_coverage_counts_per_programme_at_the_units_asked_about(session: Session) -> None:
    station = make_station(session)
    for state, heard in (("played", 60_000), ("partial", 20_000), ("missed", None), ("cancelled", None)):
        make_airing(session, station, programme="03", state=state, heard_ms=heard)
    make_airing(session, station, programme="05")
    make_airing(session, station, programme="03", starts_at=local("06:00", TODAY + DAY))
    found = board.coverage(session, local("00:00"), local("00:00", TODAY + DAY))
    assert found == [
        board.Coverage("03", 3, 180_000, 2, 80_000),
        board.Coverage("05", 1, 60_000, 0, 0),
    ]
    assert board.coverage(session, local("00:00"), local("23:00"), unit_ids=[station.unit_id]) == found
    assert board.coverage(session, local("00:00"), local("23:00"), unit_ids=[]) == []


def test_a_day_at_a_glance_shows_what_matters_first(session: Session) -> None:
    station = make_station(session)
    for hour, state in enumerate(["played", "missed", "on_air", "released", "planned"], 6):
        make_airing(session, station, state=state, starts_at=local(f"{hour:02}:00"))
    make_airing(session, make_station(session), state="played")
    found = board.glance_at_day(session, [station.unit_id], TODAY, zone=ZONE, limit=4)
    assert [row.state for row in found.shown] == ["on_air", "missed", "played", "released"]
    assert (found.total, found.states["planned"]) == (5, 1)


def test_stations_at_a_glance(session: Session) -> None:
    scene = make_scene(session)
    coming = make_airing(session, scene.station, state="planned")
    raise_alarm(session, "fork", station=scene.station.name, detail="x", now=NOW)
    release(session)
    scene.station.heard_at, scene.station.generation = NOW, 1
    [line] = board.stations_overview(session, NOW)
    assert (line.connection, line.issued, line.alarms) == (Connection.ONLINE, 1, 1)
    assert (line.playing, line.next, line.up_to_date) == (None, coming, True)


@pytest.mark.parametrize(("generation", "missing"), [(0, []), (1, ["a" * 64])])
def test_a_station_that_lacks_something_is_not_up_to_date(
    session: Session, generation: int, missing: list[str]
) -> None:
    station = make_station(session)
    release(session)
    station.generation, station.clips_missing = generation, missing
    [line] = board.stations_overview(session, NOW)
    assert not line.up_to_date


def test_the_overview_asks_the_same_few_questions_however_many_stations(
    session: Session, database: Database
) -> None:
    for _ in range(12):
        make_station(session)
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert len(board.stations_overview(session, NOW)) == 12
    assert len(seen) <= 6
