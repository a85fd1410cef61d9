"""Whether the line to the centre stands, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.clock import SteppedClock
from station.line import BREATH_SECONDS, Line
from tests.station.fakes import NOON


def test_a_line_is_unknown_until_a_call() -> None:
    assert Line(SteppedClock(NOON)).state.up is None


def test_a_line_tells_since_when_it_is_down() -> None:
    clock = SteppedClock(NOON)
    line = Line(clock)
    line.told(None)
    clock.advance(60)
    line.told("im")
    clock.advance(60)
    line.told("vẫn im")
    state = line.state
    assert (state.up, state.since, state.why) == (False, NOON + timedelta(seconds=60), "vẫn im")


def test_a_line_that_comes_back_says_so() -> None:
    clock, restored = SteppedClock(NOON), [0]
    line = Line(clock, lambda: restored.append(1))
    line.told(None)
    line.told("im")
    clock.advance(5)
    line.told(None)
    line.told(None)
    assert (line.state.up, line.state.since) == (True, NOON + timedelta(seconds=5))
    assert sum(restored) == 1


@pytest.mark.parametrize(("status", "calls"), [(None, 1), (502, 1), (503, 0), (401, 0), (404, 0)])
def test_what_came_through_calls_whoever_waits_for_a_dead_line(status: int | None, calls: int) -> None:
    restored = [0]
    line = Line(SteppedClock(NOON), lambda: restored.append(1))
    line.told("im", status)
    line.stood()
    assert (sum(restored), line.state.up) == (calls, bool(calls))


def test_a_failure_that_is_not_the_line_s_is_not_called_again_at_once() -> None:
    clock, restored = SteppedClock(NOON), [0]
    line = Line(clock, lambda: restored.append(1))
    for passed in (0.0, 1.0, BREATH_SECONDS):
        clock.advance(passed)
        line.told("hỏng")
        line.stood()
    assert sum(restored) == 2


def test_what_came_through_a_line_that_stands_changes_nothing() -> None:
    restored = [0]
    line = Line(SteppedClock(NOON), lambda: restored.append(1))
    line.stood()
    assert (sum(restored), line.state.up) == (0, None)
