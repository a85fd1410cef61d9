"""The scheduler's jobs, called by hand: who holds the lease works, who stands by does nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from content import bulletins, news, people, pulses
from content.models.news import NewsItem
from scheduler import leases, orders
from scheduler.models.airing import Airing
from scheduler.models.lease import Lease
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.wishes import Wish
from tests.web.hall import LAST_DAY, NOW, TODAY, Hall
from web.processes import scheduler as process
from web.processes import worker
from web.processes.scheduler import LEASE, LEASE_TTL, Scheduler


class Office:
    """The jobs of one scheduler process of a hall, knocked by hand."""

    def __init__(self, hall: Hall, holder: str = "may-nay:1") -> None:
        self.hall = hall
        self.scheduler = Scheduler(hall.house, holder)
        self._jobs = {job.name: job for job in self.scheduler.jobs()}

    def knock(self, *names: str) -> None:
        """Let the jobs do their work now."""
        for name in names:
            self._jobs[name].call(self.hall.house.clock.now())

    def knock_all(self) -> None:
        """Let every job do its work once."""
        self.knock(*self._jobs)


@pytest.fixture
def office(hall: Hall) -> Office:
    """Return a scheduler over an order, an article whose time has come and a station that is enrolled."""
    made = hall.bulletin("approved")
    with hall.house.database.writing() as session:
        station = session.get_one(Station, "ha-dinh-1")
        station.enrolled_at, station.public_key, station.mode = NOW, "00" * 32, "rehearsal"
        by, approval = people.by_login(session, "an"), bulletins.get(session, made).latest.approval
        assert approval is not None
        wish = Wish(made, [station.unit_id], TODAY, LAST_DAY)
        orders.place_order(session, wish, by=by, rules=Rules.of(hall.house.settings), now=NOW)
        news.post(session, approval, by=by, summary="x", publish_at=NOW, expire_at=None, now=NOW)
    return Office(hall)


def hold_elsewhere(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        assert leases.hold(session, LEASE, holder="may-khac:1", ttl=LEASE_TTL)


def run_out(hall: Hall) -> None:
    """Let the lease run out."""
    with hall.house.database.writing() as session:
        session.get_one(Lease, LEASE).expires_at -= LEASE_TTL


def done(hall: Hall) -> tuple[bool, bool, bool]:
    """Tell whether anything was planned, released, stamped."""
    with hall.house.database.reading() as session:
        stamped = session.scalars(select(NewsItem.published_at)).one() is not None
        planned = session.scalars(select(Airing)).first() is not None
        return planned, session.scalars(select(Manifest)).first() is not None, stamped


def test_the_tick_takes_the_lease_and_shows_that_we_live(office: Office) -> None:
    office.knock("tick")
    with office.hall.house.database.reading() as session:
        beat = leases.last_beat(session, LEASE)
    assert beat is not None
    assert beat.age.total_seconds() < 5


def test_who_holds_the_lease_plans_releases_and_publishes(office: Office) -> None:
    office.knock_all()
    assert done(office.hall) == (True, True, True)


def test_before_the_first_tick_nothing_is_done(office: Office) -> None:
    office.knock("plan", "release", "news", "proof", "render leases", "sign-in tries")
    assert done(office.hall) == (False, False, False)


def test_who_stands_by_does_nothing(office: Office) -> None:
    hold_elsewhere(office.hall)
    before = office.hall.counts()
    office.knock_all()
    assert done(office.hall) == (False, False, False)
    assert office.hall.counts() == before


def test_who_stands_by_takes_over_when_the_lease_runs_out(office: Office) -> None:
    hold_elsewhere(office.hall)
    run_out(office.hall)
    office.knock_all()
    assert done(office.hall) == (True, True, True)


def test_who_lost_the_lease_stops(office: Office) -> None:
    office.knock("tick")
    run_out(office.hall)
    hold_elsewhere(office.hall)
    office.knock_all()
    assert done(office.hall) == (False, False, False)


def test_who_lost_the_lease_without_knowing_writes_nothing(office: Office) -> None:
    """As after a long sleep, when another job wakes up before the tick."""
    office.knock("tick")
    run_out(office.hall)
    hold_elsewhere(office.hall)
    before = office.hall.counts()
    office.knock("plan", "release", "news", "proof", "render leases", "fallbacks", "sign-in tries", "pulses")
    assert office.hall.counts() == before


def test_a_daily_work_waits_for_the_one_at_work(office: Office) -> None:
    clean = next(job for job in office.scheduler.jobs() if job.name == "clean clips")
    assert clean.call(NOW) is False
    office.knock("tick")
    assert clean.call(NOW) is True


def failing(hall: Hall) -> list[str | None]:
    with hall.house.database.reading() as session:
        return [sign.error for sign in pulses.signs(session, "job")]


def test_a_job_that_fails_is_seen_until_it_works_again_in_whatever_process(office: Office) -> None:
    office.scheduler.failed("news", ZeroDivisionError())
    office.scheduler.failed("plan", None)
    assert failing(office.hall) == ["TimeoutError", "ZeroDivisionError"]
    successor = Office(office.hall)
    successor.knock("tick", "news", "plan")
    assert failing(office.hall) == [None, None]


def test_who_leaves_lets_the_next_one_in_at_once(office: Office) -> None:
    office.knock("tick")
    office.scheduler.leave()
    hold_elsewhere(office.hall)


def test_who_stands_by_takes_nothing_along_when_he_leaves(office: Office) -> None:
    hold_elsewhere(office.hall)
    office.knock("tick")
    office.scheduler.leave()
    office.knock("tick", "plan")
    assert done(office.hall)[0] is False


def test_an_airing_falls_due_at_its_time(office: Office) -> None:
    office.knock_all()
    with office.hall.house.database.reading() as session:
        first = session.scalars(select(Airing).order_by(Airing.starts_at)).first()
    assert first is not None
    assert first.state == "released"
    office.hall.clock.advance((first.starts_at - NOW).total_seconds())
    office.knock("tick")
    with office.hall.house.database.reading() as session:
        assert session.get_one(Airing, first.id).state == "due"


def test_a_quiet_minute_writes_no_second_manifest(office: Office) -> None:
    office.knock_all()
    before = office.hall.counts()["manifest"]
    for _ in range(3):
        office.hall.clock.advance(1)
        office.knock("tick", "release")
    assert office.hall.counts()["manifest"] == before


def test_jobs_have_their_own_rhythm(office: Office) -> None:
    every = {job.name: job.every for job in office.scheduler.jobs()}
    assert every["tick"] == timedelta(seconds=1)
    assert [name for name, rhythm in every.items() if rhythm is None] == ["plan all", "clean clips"]


@pytest.mark.parametrize("run", [process.run, worker.run])
def test_a_process_that_is_told_to_stop_ends_well(hall: Hall, run: object) -> None:
    stop = threading.Event()
    stop.set()
    assert callable(run)
    assert run(hall.house, stop) == 0


def test_news_is_stamped_once_and_ended_once_whatever_restarts_and_however_the_clock_jumps(
    office: Office,
) -> None:
    with office.hall.house.database.writing() as session:
        session.scalars(select(NewsItem)).one().expire_at = NOW + timedelta(hours=2)
    for hours in (0, -1, 1, 3, -4, 4):
        office.hall.clock.step(3600 * hours)
        if hours:
            run_out(office.hall)
        office = Office(office.hall, holder=f"may-{hours}")
        office.knock("tick", "news", "news")
    told = [action for action in office.hall.audited() if action in {"news.live", "news.end"}]
    assert told == ["news.live", "news.end"]
    with office.hall.house.database.reading() as session:
        item = session.scalars(select(NewsItem)).one()
    assert (item.published_at, item.expired_at) == (NOW, NOW + timedelta(hours=3))
