"""Trust in the machine's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.clock import SteppedClock
from station.timekeeping import Timekeeper
from tests.station.fakes import NOON


def measure(keeper: Timekeeper, clock: SteppedClock, *, ahead: float, trip: float = 0.2) -> None:
    sent = (clock.monotonic(), clock.now())
    clock.advance(trip)
    keeper.measured(sent, clock.monotonic(), sent[1] + timedelta(seconds=ahead + trip / 2))


@pytest.mark.parametrize(("ahead", "ok"), [(0, True), (59, True), (-59, True), (61, False), (-61, False)])
def test_a_minute_is_tolerated(ahead: float, ok: bool) -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=ahead)
    assert (keeper.offset_ms, keeper.ok) == (ahead * 1000, ok)


def test_before_the_centre_is_heard_the_machine_is_believed() -> None:
    keeper = Timekeeper(SteppedClock(NOON))
    assert (keeper.offset_ms, keeper.ok, keeper.now()) == (None, True, NOON)


def test_a_clock_behind_what_has_passed_is_not_believed() -> None:
    floor = NOON + timedelta(hours=1)
    keeper = Timekeeper(SteppedClock(NOON), floor)
    assert (keeper.ok, keeper.now()) == (False, floor)


def test_a_step_after_the_measurement_is_seen_at_once() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=0)
    clock.step(-3600)
    assert (keeper.offset_ms, keeper.ok) == (3_600_000, False)
    assert keeper.now() == NOON + timedelta(seconds=0.2)


def test_a_step_that_mends_the_clock_is_seen_at_once() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=3600)
    clock.step(3600)
    assert (keeper.offset_ms, keeper.ok) == (0, True)


def test_a_round_trip_that_took_too_long_measures_nothing() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=100, trip=11)
    assert keeper.offset_ms is None


def test_instants_and_the_monotonic_clock() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    later = NOON + timedelta(seconds=1.5)
    assert keeper.monotonic_of(later) == clock.monotonic() + 1.5
    assert keeper.wall_of(clock.monotonic() + 1.5) == later
