"""The breaker that all workers share."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.voices.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker, pause_after
from content.clock import SteppedClock


@pytest.fixture
def breaker(tmp_path: Path, clock: SteppedClock) -> Breaker:
    return Breaker(tmp_path / "state.json", clock)


def test_it_opens_on_failure_and_closes_with_time(breaker: Breaker, clock: SteppedClock) -> None:
    breaker.trip("mất mạng")
    trip = breaker.open_now()
    clock.advance(FIRST_PAUSE_S)
    assert trip
    assert (trip.why, breaker.open_now()) == ("mất mạng", None)


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 60), (2, 120), (4, 480), (5, 900), (500, LONGEST_PAUSE_S)]
)
def test_failures_in_a_row_rest_longer(failures: int, pause: int) -> None:
    assert pause_after(failures) == pause


def test_success_forgets_the_failures(breaker: Breaker) -> None:
    breaker.trip("a")
    breaker.trip("b")
    breaker.succeeded()
    breaker.trip("c")
    trip = breaker.open_now()
    assert trip
    assert trip.failures == 1


@pytest.mark.parametrize(
    "state", [b"", b"{", b"[]", b"null", b'{"failures": 1, "until": "soon", "why": ""}', b"\xff"]
)
def test_an_unreadable_state_stops_nobody(breaker: Breaker, tmp_path: Path, state: bytes) -> None:
    (tmp_path / "state.json").write_bytes(state)
    assert breaker.open_now() is None
