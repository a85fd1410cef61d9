"""A rehearsal's beginning: sample data once, and something to hear within two minutes at any hour."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from audio import rendering
from audio.composing import ClipFacts
from content import audit, bulletins
from content.clock import SteppedClock
from content.models.bulletin import Revision
from content.models.people import User
from scheduler import stations
from scheduler.models.airing import Airing
from tests.web.wards import _connection, make_house
from web.house import House
from web.opening import Opening
from web.rehearsal import invite_virtual_station, samples, seed

MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""00:00 on Monday 23/11/2026 at the wards."""
Wait = Callable[[], None]


class BusyClock(SteppedClock):
    """A clock while whose time passes somebody works."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.work: Wait = lambda: None

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.work()
        return super().wait(event, seconds)


@cache
def _seeded(folder: Path) -> bytes:
    house = make_house(folder, clock=SteppedClock(MIDNIGHT))
    assert len(seed(house)) == 6
    rows = _connection(house.database).serialize()
    house.close()
    return rows


@pytest.fixture
def clock() -> BusyClock:
    return BusyClock(MIDNIGHT)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, clock: BusyClock) -> Iterator[House]:
    """Give a house with the sample data of a rehearsal."""
    folder = tmp_path_factory.getbasetemp()
    made = make_house(folder, clock=clock)
    _connection(made.database).deserialize(_seeded(folder))
    yield made
    made.close()


def render_one(house: House) -> None:
    """Make the sound of the bulletin that waits longest, as the worker does."""
    with house.database.writing() as session:
        lease = rendering.lease_next(session, "may:1", house.clock.now())
        if lease is not None:
            sha256 = f"{lease.job_id:064x}"
            facts = ClipFacts(sha256, 96_000, 30_000, "audio/mpeg", "espeak", -16_000, -1_000)
            rendering.finish(session, lease, facts, house.clock.now())


def states(house: House) -> dict[str, str]:
    with house.database.reading() as session:
        return {one.title: one.state for one in session.scalars(select(Revision))}


def approved(house: House) -> set[int]:
    with house.database.reading() as session:
        query = select(Revision.bulletin_id).where(Revision.state == "approved")
        return set(session.scalars(query))


def sample_ids(house: House) -> set[int]:
    with house.database.reading() as session:
        return set(samples(session))


def first_start(house: House) -> datetime:
    with house.database.reading() as session:
        return session.scalars(select(Airing.starts_at).order_by(Airing.starts_at)).all()[0]


def test_a_second_start_seeds_nothing(house: House) -> None:
    before = states(house)
    assert seed(house) == []
    assert states(house) == before


@pytest.mark.parametrize("minutes", [480, 120, 1260, 1438.5, 1439.9])
def test_something_sounds_within_minutes_at_any_hour(house: House, clock: BusyClock, minutes: float) -> None:
    clock.advance(minutes * 60)
    clock.work = lambda: render_one(house)
    began = clock.now()
    Opening(house).run(threading.Event())
    assert first_start(house) - began < timedelta(minutes=3.5)
    assert approved(house) == sample_ids(house)


def test_a_worker_that_is_late_is_waited_for(house: House, clock: BusyClock) -> None:
    clock.work = lambda: render_one(house) if clock.now() > MIDNIGHT + timedelta(minutes=1) else None
    Opening(house).run(threading.Event())
    assert first_start(house) > MIDNIGHT + timedelta(minutes=1)


def test_another_bulletin_opens_the_next_start(house: House, clock: BusyClock) -> None:
    clock.work = lambda: render_one(house)
    for _ in range(2):
        Opening(house).run(threading.Event())
        clock.advance(600)
    with house.database.reading() as session:
        assert len(set(session.scalars(select(Airing.bulletin_id)))) == 2


def test_who_is_told_to_stop_stops(house: House, clock: BusyClock) -> None:
    stop = threading.Event()
    clock.work = stop.set
    Opening(house).run(stop)
    assert "approved" not in states(house).values()


def test_a_failure_costs_only_the_opening(house: House, clock: BusyClock) -> None:
    with house.database.writing() as session:
        leader = session.scalars(select(User).where(User.login == "tap-duot")).one()
        leader.login = "nguoi-khac"
    clock.work = lambda: render_one(house)
    Opening(house).run(threading.Event())
    assert "approved" not in states(house).values()


def test_what_a_person_wrote_waits_for_a_person(house: House, clock: BusyClock) -> None:
    """A sample that somebody changed under its old title is neither approved nor aired by the rehearsal."""
    with house.database.writing() as session:
        changed = bulletins.get(session, min(samples(session)))
        latest, author = changed.latest, changed.latest.author
        draft = bulletins.Draft(
            latest.programme_id,
            latest.level,
            latest.title,
            "Chưa ai nghe.",
            latest.valid_from,
            latest.valid_to,
        )
        words = bulletins.SpokenWords("chưa ai nghe", "v")
        now = house.clock.now()
        bulletins.save(session, changed, author=author, draft=draft, spoken=words, now=now)
        bulletins.submit(session, changed.latest, by=author, now=now, today=latest.valid_from)
    clock.work = lambda: render_one(house)
    Opening(house).run(threading.Event())
    assert approved(house) == sample_ids(house) - {changed.id}


def test_the_rehearsal_acts_in_its_own_name(house: House, clock: BusyClock) -> None:
    clock.work = lambda: render_one(house)
    Opening(house).run(threading.Event())
    with house.database.reading() as session:
        actors = {row.actor for row in audit.latest(session, limit=500) if row.action == "bulletin.approve"}
    assert actors == {"tap-duot"}


def test_a_station_of_other_addresses_is_enrolled_again(house: House, tmp_path: Path) -> None:
    record = tmp_path / "station.json"
    assert invite_virtual_station(house, tmp_path)
    with house.database.writing() as session:
        stations.get(session, "ha-dinh-1").enrolled_at = house.clock.now()
    bell = f"{house.settings.url_of_bell}/bell/ha-dinh-1"
    record.write_text(json.dumps({"centre_url": house.settings.url_of_site, "bell_url": bell}))
    assert invite_virtual_station(house, tmp_path) is None
    record.write_text(json.dumps({"centre_url": "http://127.0.0.1:9", "bell_url": bell}))
    assert invite_virtual_station(house, tmp_path)
