"""A day from the order to the proof: planned, signed, due, reported, verified."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.clock import SteppedClock
from content.contracts.airings import Reason, State
from content.contracts.asrun import Event
from content.contracts.enrolment import EnrolRequest
from content.contracts.ledger import verify_ledger
from content.contracts.manifest import Item
from scheduler import board, stations
from scheduler.dispatch import dispatch
from scheduler.intake import take_in
from scheduler.ledger import export
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.orders import place_order
from scheduler.planning import replan
from scheduler.proof import sweep
from scheduler.wishes import Wish
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TODAY,
    WARD,
    ZONE,
    local,
    make_bulletin,
    make_unit,
    make_user,
    make_window,
    open_pen,
)
from tests.scheduler.test_manifests import opened, release

LINK = "https://loa.example"


def enrolled(session: Session) -> Station:
    unit = make_unit(session)
    station = stations.create_station(session, unit.id, title="Hạ Đình 1", now=NOW)
    code = stations.invite(session, station, url=LINK, keyid=CENTRE.public.keyid, by="admin", now=NOW)
    request = EnrolRequest(str(code), WARD.public.raw.hex(), "pi", "0.1.0")
    return stations.enrol(session, request, mode="production", now=NOW)[0]


def order(session: Session, station: Station) -> None:
    for seconds in (60, 90):
        bulletin = make_bulletin(session, station.unit, seconds=seconds)
        wish = Wish(bulletin.id, [station.unit_id], TODAY, TODAY)
        place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)


def items(session: Session, station: Station) -> tuple[Item, ...]:
    replan(session, NOW, RULES)
    release(session)
    return opened(session, station.name).items


def test_a_day_ends_in_proof(session: Session) -> None:
    station, clock = enrolled(session), SteppedClock(NOW)
    make_window(session, station)
    order(session, station)
    first, second = items(session, station)
    pen = open_pen(station)
    pen.write(Event.MANIFEST, generation=1)
    clock.advance((first.starts_at - NOW).total_seconds())
    assert dispatch(session, clock.now()) == 1
    pen.play(first.id, first.starts_at)
    take_in(session, station, pen.batch(), clock.now())
    pen.write(Event.BOOT, second.not_after + timedelta(minutes=2))
    clock.advance(3600)
    take_in(session, station, pen.batch(5), clock.now())
    dispatch(session, clock.now())
    assert sweep(session, clock.now()) == 1

    told = [(row.state, row.reason) for row in board.day_of(session, station.name, TODAY, ZONE)]
    assert told == [(State.PLAYED, None), (State.MISSED, Reason.NO_RECORD)]
    verdict = verify_ledger(export(session, station), WARD.public)
    assert (verdict.whole, verdict.records, verdict.unsealed) == (True, 5, 0)


def test_every_step_of_the_played_one_is_in_its_story(session: Session) -> None:
    station = enrolled(session)
    make_window(session, station)
    order(session, station)
    first, _ = items(session, station)
    dispatch(session, local("06:00"))
    pen = open_pen(station)
    pen.play(first.id, first.starts_at)
    take_in(session, station, pen.batch(), local("06:02"))
    steps = [(change.state, change.by) for change in board.story(session, first.id, NOW).changes]
    assert steps == [
        ("released", "release"),
        ("due", "dispatch"),
        ("on_air", "ha-dinh-1"),
        ("played", "ha-dinh-1"),
    ]


def test_everything_again_changes_nothing(session: Session) -> None:
    station = enrolled(session)
    make_window(session, station)
    order(session, station)
    first, _ = items(session, station)
    pen = open_pen(station)
    pen.play(first.id, first.starts_at)
    for _ in range(2):
        replan(session, NOW, RULES)
        release(session)
        dispatch(session, local("06:00"))
        take_in(session, station, pen.batch(), local("06:02"))
    assert [row.state for row in session.scalars(select(Airing).order_by(Airing.starts_at))] == [
        "played",
        "released",
    ]
