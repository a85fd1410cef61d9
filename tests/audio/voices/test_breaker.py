"""The breaker that all workers share."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from audio.voices.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker, pause_after
from content.clock import SteppedClock
from content.errors import UnavailableError


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


def test_a_success_of_the_trial_forgets_the_failures(breaker: Breaker, clock: SteppedClock) -> None:
    breaker.trip("a")
    clock.advance(FIRST_PAUSE_S)
    with breaker.asking(limit_s=1):
        pass
    assert breaker.last() is None


def test_a_trial_that_fails_rests_longer(breaker: Breaker, clock: SteppedClock) -> None:
    breaker.trip("a")
    clock.advance(FIRST_PAUSE_S)
    with breaker.asking(limit_s=1):
        breaker.trip("b")
    trip = breaker.open_now()
    assert trip
    assert (trip.failures, trip.until - clock.now()) == (2, timedelta(seconds=pause_after(2)))


def test_while_open_nobody_may_ask(breaker: Breaker) -> None:
    breaker.trip("mất mạng")
    with pytest.raises(UnavailableError, match="mất mạng"), breaker.asking(limit_s=1):
        pass


def test_half_open_lets_one_try_and_the_others_wait_no_longer_than_their_limit(
    breaker: Breaker, clock: SteppedClock
) -> None:
    breaker.trip("a")
    clock.advance(FIRST_PAUSE_S)
    with (
        breaker.asking(limit_s=1),
        pytest.raises(UnavailableError, match="thử lại"),
        breaker.asking(limit_s=1),
    ):
        pass


@pytest.mark.parametrize("well", [True, False])
def test_who_waits_for_the_trial_does_as_it_went(breaker: Breaker, clock: SteppedClock, well: bool) -> None:
    breaker.trip("a")
    clock.advance(FIRST_PAUSE_S)
    waiting: list[str] = []

    def wait() -> None:
        try:
            with breaker.asking(limit_s=1e9):
                waiting.append("asked")
        except UnavailableError:
            waiting.append("resting")

    other = threading.Thread(target=wait)
    with contextlib.suppress(ZeroDivisionError), breaker.asking(limit_s=1):
        other.start()
        if not well:
            breaker.trip("b", at_least_s=24 * 3600)
            raise ZeroDivisionError
    other.join()
    assert waiting == ["asked" if well else "resting"]


def test_failures_under_way_together_count_as_one(breaker: Breaker) -> None:
    breaker.trip("a")
    breaker.trip("b")
    trip = breaker.open_now()
    assert trip
    assert trip.failures == 1


def test_a_longer_pause_asked_for_is_kept_up_to_a_day(breaker: Breaker, clock: SteppedClock) -> None:
    breaker.trip("a", at_least_s=7200)
    breaker.trip("b")
    trip = breaker.open_now()
    assert trip
    assert trip.until - clock.now() == timedelta(hours=2)


@pytest.mark.parametrize(
    "state", [b"", b"{", b"[]", b"null", b'{"failures": 1, "until": "soon", "why": ""}', b"\xff"]
)
def test_an_unreadable_state_stops_nobody(breaker: Breaker, tmp_path: Path, state: bytes) -> None:
    (tmp_path / "state.json").write_bytes(state)
    assert breaker.open_now() is None
