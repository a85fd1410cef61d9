"""The PIN and who has come in by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from content.clock import SteppedClock
from content.errors import ForbiddenError, ThrottledError
from station.desk.lock import LONGEST_WAIT_SECONDS, PIN_FILE, SESSION_SECONDS, Lock, make_pin, pin_source
from tests.station.fakes import NOON


@pytest.fixture
def clock() -> SteppedClock:
    """Return the door's clock."""
    return SteppedClock(NOON)


def test_a_pin_is_made_once_told_and_never_kept_in_clear(tmp_path: Path) -> None:
    pin = make_pin(tmp_path)
    kept = (tmp_path / PIN_FILE).read_text()
    assert (len(pin), pin.isdecimal(), pin in json.loads(kept)["hash"]) == (6, True, False)
    assert (tmp_path / PIN_FILE).stat().st_mode & 0o777 == 0o600


def test_a_session_outlasts_a_restart_but_not_its_time(tmp_path: Path, clock: SteppedClock) -> None:
    pin = make_pin(tmp_path)
    session = Lock(pin_source(tmp_path, None), clock).enter(pin)
    again = Lock(pin_source(tmp_path, None), clock)
    assert again.knows(session)
    clock.advance(SESSION_SECONDS)
    assert not again.knows(session)


def test_a_new_pin_counts_at_once_and_ends_old_sessions(tmp_path: Path, clock: SteppedClock) -> None:
    old = make_pin(tmp_path)
    lock = Lock(pin_source(tmp_path, None), clock)
    session = lock.enter(old)
    new = make_pin(tmp_path)
    assert lock.knows(lock.enter(new))
    assert not lock.knows(session)


def test_the_pin_of_the_settings_goes_first(tmp_path: Path, clock: SteppedClock) -> None:
    make_pin(tmp_path)
    lock = Lock(pin_source(tmp_path, "004200"), clock)
    assert lock.knows(lock.enter("004200"))


@pytest.mark.parametrize("kept", ["", "{}", "[]", '{"salt": "00", "hash": "x"}'])
def test_without_a_pin_nobody_comes_in_and_is_told_what_to_do(
    tmp_path: Path, clock: SteppedClock, kept: str
) -> None:
    (tmp_path / PIN_FILE).write_text(kept)
    with pytest.raises(ForbiddenError, match="loaphuong station pin"):
        Lock(pin_source(tmp_path, None), clock).enter("")


def test_the_wait_after_wrong_pins_grows_to_a_minute(tmp_path: Path, clock: SteppedClock) -> None:
    lock = Lock(pin_source(tmp_path, "004200"), clock)
    waits = []
    for _ in range(10):
        with pytest.raises(ForbiddenError):
            lock.enter("1")
        waits.append(round(lock._not_before - clock.monotonic()) if lock._not_before else 0)
        clock.advance(max(0, waits[-1]))
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, LONGEST_WAIT_SECONDS]


def test_even_the_right_pin_waits(tmp_path: Path, clock: SteppedClock) -> None:
    lock = Lock(pin_source(tmp_path, "004200"), clock)
    for _ in range(3):
        with pytest.raises(ForbiddenError):
            lock.enter("1")
    with pytest.raises(ThrottledError):
        lock.enter("004200")


@pytest.mark.parametrize("made_up", ["", ".", "1.2.3", "x.y", "99999999999.aa.bb", "1700000000.00"])
def test_a_session_that_was_made_up_is_not_known(tmp_path: Path, clock: SteppedClock, made_up: str) -> None:
    assert not Lock(pin_source(tmp_path, "004200"), clock).knows(made_up)
