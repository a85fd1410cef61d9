"""How far a call has come: what counts as heard, and what a banner may say of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler.board.calling import Progress, progress_of
from scheduler.board.emergency import Step, picture_of
from tests.scheduler.factories import NOW
from tests.scheduler.test_emergencies import Town

SOON = NOW + timedelta(seconds=30)


@pytest.fixture
def town(session: Session) -> Town:
    made = Town(session)
    for station in made.stations:
        station.heard_at = NOW
    return made


def report(town: Town, *states: State, n: int = 1, heard_ms: int = 1500) -> None:
    """Let the stations end a round as told; ON_AIR only begins it."""
    for place, state in enumerate(states):
        row = next(one for one in town.airings(station=place) if one.n == n)
        row.started_at, row.heard_ms = row.starts_at, heard_ms
        row.state, row.rank = str(state), state.rank
    town.session.flush()


@pytest.mark.parametrize(
    ("state", "step", "heard", "cut", "again"),
    [
        (State.PLAYED, Step.HEARD, 1, 0, False),
        (State.PARTIAL, Step.CUT, 0, 1, True),
        (State.INTERRUPTED, Step.CUT, 0, 1, True),
        (State.MISSED, Step.FAILED, 0, 0, True),
        (State.ON_AIR, Step.SOUNDING, 0, 0, False),
        (State.CANCELLED, Step.CALLED_BACK, 0, 0, False),
    ],
)
def test_only_what_was_played_whole_is_heard(
    town: Town, state: State, step: Step, heard: int, cut: int, again: bool
) -> None:
    emergency = town.ask()
    report(town, state)
    line = picture_of(town.session, emergency, SOON).lines[0]
    assert (line.step, line.heard, line.cut, line.wants_again) == (step, heard, cut, again)


@pytest.mark.parametrize(
    ("states", "silent", "told"),
    [
        ([], [], Progress(near=2)),
        ([State.ON_AIR], [], Progress(near=2)),
        ([State.PLAYED], [], Progress(heard=1, near=1)),
        ([State.PLAYED], [1], Progress(heard=1, silent=1)),
        ([State.PLAYED, State.PLAYED], [], Progress(heard=2)),
        ([State.INTERRUPTED, State.MISSED], [0], Progress(cut=1, failed=1)),
    ],
)
def test_how_far_a_round_has_come(town: Town, states: list[State], silent: list[int], told: Progress) -> None:
    emergency = town.ask()
    report(town, *states)
    for place in silent:
        town.stations[place].heard_at = NOW - timedelta(hours=1)
    assert progress_of(town.session, [emergency], SOON) == {emergency.id: told}


def told_at(town: Town, at: datetime) -> Progress:
    emergency = town.ask(town.call(repeat_minutes=10, until=NOW + timedelta(minutes=25)))
    town.tick(NOW)
    report(town, State.PLAYED, State.PLAYED)
    return progress_of(town.session, [emergency], at)[emergency.id]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (1, Progress(heard=2, next_at=NOW + timedelta(minutes=10))),
        (10, Progress(near=2, next_at=NOW + timedelta(minutes=20))),
        (20, Progress(near=2)),
    ],
)
def test_a_round_that_is_to_come_is_told(town: Town, minutes: int, told: Progress) -> None:
    at = NOW + timedelta(minutes=minutes)
    for station in town.stations:
        station.heard_at = at
    assert told_at(town, at) == told


def test_what_has_not_started_has_no_progress(session: Session) -> None:
    assert progress_of(session, [], NOW) == {}
