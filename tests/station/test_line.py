"""Whether the line to the centre stands, and since when."""

from __future__ import annotations

from datetime import timedelta

from content.clock import SteppedClock
from station.line import Line
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
