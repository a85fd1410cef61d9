"""A pause that all workers keep together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from audio.voices.pace import take_turn, turn_after
from content.clock import SteppedClock
from content.errors import UnavailableError
from tests.audio.conftest import START


@pytest.mark.parametrize(
    ("last_ms", "now_ms", "turn_ms"),
    [
        (None, 1000, 1000),
        (100, 1000, 1000),
        (900, 1000, 1150),
        (1400, 1000, 1650),
        (9_000_000, 1000, 1000),
    ],
    ids=["first", "long ago", "just now", "others in line", "a clock set back"],
)
def test_turns_follow_each_other(last_ms: int | None, now_ms: int, turn_ms: int) -> None:
    assert turn_after(last_ms, now_ms, 250) == turn_ms


def test_each_turn_comes_a_pause_after_the_one_before(tmp_path: Path, clock: SteppedClock) -> None:
    for _ in range(4):
        take_turn(tmp_path / "turn", clock, pause_ms=250)
    assert clock.now() - START == timedelta(milliseconds=750)


def test_a_damaged_file_stops_nobody(tmp_path: Path, clock: SteppedClock) -> None:
    (tmp_path / "turn").write_bytes(b"\xff\xff")
    take_turn(tmp_path / "turn", clock, pause_ms=250)
    assert clock.now() == START


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, clock: SteppedClock) -> None:
    with pytest.raises(UnavailableError):
        take_turn(tmp_path / "no" / "turn", clock, pause_ms=250)
