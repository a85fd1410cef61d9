"""Trust in the machine's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.clock import SteppedClock
from station.timekeeping import POLLS_KEPT, Timekeeper
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


def test_the_shortest_of_the_last_eight_round_trips_counts() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=0.02, trip=0.04)
    measure(keeper, clock, ahead=0.4, trip=0.9)
    assert keeper.offset_ms == 20
    for _ in range(POLLS_KEPT):
        measure(keeper, clock, ahead=0.3, trip=0.8)
    assert keeper.offset_ms == 300


def test_a_centre_that_was_set_right_is_believed_at_once() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    measure(keeper, clock, ahead=900, trip=0.04)
    measure(keeper, clock, ahead=0, trip=0.9)
    assert (keeper.offset_ms, keeper.ok) == (0, True)


def test_a_machine_without_a_clock_of_its_own_waits_for_the_centre() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock, NOON - timedelta(hours=1), kept=False)
    assert (keeper.ok, keeper.now()) == (False, NOON)
    measure(keeper, clock, ahead=0)
    assert keeper.ok


@pytest.mark.parametrize("by", [3600, -3600, 61, -61])
@pytest.mark.parametrize("synced", [False, True])
def test_a_clock_that_was_set_while_nobody_could_be_asked_is_believed_only_from_ntp(
    by: float, synced: bool
) -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock, NOON - timedelta(days=1), synced=lambda: synced)
    assert keeper.ok
    clock.step(by)
    assert keeper.ok is synced
    clock.step(-by)
    assert keeper.ok


def test_a_clock_that_was_set_does_not_move_the_best_known_time() -> None:
    clock = SteppedClock(NOON)
    keeper = Timekeeper(clock)
    assert keeper.ok
    clock.step(3600)
    clock.advance(5)
    assert (keeper.ok, keeper.now()) == (False, NOON + timedelta(seconds=5))


def test_a_machine_without_a_clock_of_its_own_believes_the_network_s() -> None:
    synced = [False]
    keeper = Timekeeper(SteppedClock(NOON), kept=False, synced=lambda: synced[0])
    before = keeper.ok
    synced[0] = True
    assert (before, keeper.ok) == (False, True)
