"""Missed is written only on proof; silence is shown, never stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.contracts.airings import Reason, State
from content.contracts.asrun import Event
from scheduler.alarms import open_alarms
from scheduler.intake import take_in
from scheduler.models.airing import Airing
from scheduler.proof import Evidence, finds, not_heard_from, proof_of_missed, sweep
from tests.scheduler.factories import NOW, local, make_airing, make_station, open_pen

START = local("06:00")
LAST = local("06:05")
"""When the airing of these tests may begin at the latest."""
AFTER = LAST + timedelta(seconds=1)
HOUR = timedelta(hours=1)


def airing(state: State = State.DUE, **more: Any) -> Airing:
    fields = {"starts_at": START, "not_after": LAST, "released_generation": 7, "recalled_at": None}
    return Airing(state=str(state), rank=state.rank, **{**fields, **more})


@pytest.mark.parametrize(
    ("row", "evidence", "expected"),
    [
        (airing(State.PLANNED), Evidence(None, 0), Reason.NOT_RELEASED),
        (airing(), Evidence(None, 0), None),
        (airing(), Evidence(LAST, 6), None),
        (airing(), Evidence(AFTER, 6), Reason.NOT_DELIVERED),
        (airing(), Evidence(AFTER, 7), None),
        (airing(), Evidence(AFTER, 7, ((NOW, LAST + timedelta(seconds=60)),)), None),
        (airing(), Evidence(AFTER, 7, ((NOW, LAST + timedelta(seconds=61)),)), Reason.NO_RECORD),
        (airing(), Evidence(AFTER, 7, ((START + timedelta(seconds=1), AFTER + HOUR),)), None),
        (airing(State.RELEASED), Evidence(AFTER, 7, ((NOW, AFTER + HOUR),)), Reason.NO_RECORD),
        (airing(State.ON_AIR), Evidence(AFTER, 0, ((NOW, AFTER + HOUR),)), None),
        (airing(State.PLAYED), Evidence(AFTER, 0, ((NOW, AFTER + HOUR),)), None),
    ],
)
def test_proof(row: Airing, evidence: Evidence, expected: Reason | None) -> None:
    assert proof_of_missed(row, evidence, AFTER + HOUR) is expected


def test_nothing_is_proven_before_its_time_has_passed() -> None:
    assert proof_of_missed(airing(State.PLANNED), Evidence(None, 0), LAST) is None


@pytest.mark.parametrize(
    ("state", "seconds", "expected"),
    [
        (State.DUE, 90, False),
        (State.DUE, 91, True),
        (State.RELEASED, 91, True),
        (State.ON_AIR, 91, False),
        (State.PLAYED, 91, False),
    ],
)
def test_silence_is_derived(state: State, seconds: int, expected: bool) -> None:
    assert not_heard_from(airing(state), LAST + timedelta(seconds=seconds)) is expected


def test_what_was_never_released_is_missed(session: Session) -> None:
    row = make_airing(session, make_station(session), state="planned")
    assert sweep(session, AFTER) == 1
    assert (row.state, row.reason) == (State.MISSED, Reason.NOT_RELEASED)


def test_a_silent_station_loses_nothing_for_a_week(session: Session) -> None:
    row = make_airing(session, make_station(session), state="due")
    assert sweep(session, AFTER + timedelta(days=7)) == 0
    assert row.state == State.DUE


def test_an_undelivered_manifest_proves_it(session: Session) -> None:
    station = make_station(session, generation=2, heard_at=AFTER)
    row = make_airing(session, station, released_generation=3)
    sweep(session, AFTER)
    assert (row.state, row.reason) == (State.MISSED, Reason.NOT_DELIVERED)


def report(session: Session, at: datetime) -> Airing:
    station = make_station(session, generation=1, heard_at=AFTER)
    row = make_airing(session, station, state="due")
    pen = open_pen(station)
    pen.write(Event.BOOT, at)
    take_in(session, station, pen.batch(), at)
    return row


def test_a_chain_that_passes_without_it_proves_it_and_raises_an_alarm(session: Session) -> None:
    row = report(session, LAST + timedelta(seconds=61))
    assert sweep(session, AFTER + HOUR) == 1
    [alarm] = open_alarms(session)
    assert (row.reason, alarm.kind, alarm.detail) == (Reason.NO_RECORD, "no_record", row.id)


def test_a_chain_that_has_not_passed_proves_nothing(session: Session) -> None:
    report(session, LAST)
    assert sweep(session, AFTER + HOUR) == 0


def test_a_recalled_airing_without_record_is_cancelled_without_alarm(session: Session) -> None:
    row = report(session, LAST + timedelta(seconds=61))
    row.recalled_at = NOW
    session.flush()
    sweep(session, AFTER + HOUR)
    assert (row.state, row.reason, open_alarms(session)) == (State.CANCELLED, Reason.RECALLED, [])


def test_a_second_sweep_finds_nothing(session: Session) -> None:
    make_airing(session, make_station(session), state="planned")
    sweep(session, AFTER)
    assert sweep(session, AFTER) == 0


def test_what_would_be_found_is_told_and_only_some_may_be_ended(session: Session) -> None:
    station = make_station(session)
    rows = [make_airing(session, station, state="planned", starts_at=NOW) for _ in range(3)]
    later = NOW + timedelta(hours=1)
    found = finds(session, later)
    assert sorted(found) == sorted(row.id for row in rows)
    assert (sweep(session, later, [rows[0].id]), sweep(session, later)) == (1, 2)
    assert finds(session, later) == []
