"""How far an airing has got."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.models.airing import Airing
from tests.web.wards import MORNING
from web.ward.sounding import sounding


@pytest.mark.parametrize(
    ("switches", "elapsed", "paused"),
    [
        ([], 50_000, False),
        ([("pause", 10)], 10_000, True),
        ([("pause", 10), ("resume", 30)], 30_000, False),
        ([("pause", 10), ("pause", 20), ("resume", 30), ("resume", 40)], 30_000, False),
        ([("resume", 10)], 50_000, False),
        ([("pause", 10), ("resume", 30), ("pause", 40)], 20_000, True),
    ],
)
def test_pauses_do_not_count(switches: list[tuple[str, int]], elapsed: int, *, paused: bool) -> None:
    airing = Airing(duration_ms=60_000)
    steps = [(kind, MORNING + timedelta(seconds=seconds)) for kind, seconds in switches]
    found = sounding(airing, MORNING, steps, MORNING + timedelta(seconds=50))
    assert (found.elapsed_ms, found.paused, found.left_ms) == (elapsed, paused, 60_000 - elapsed)


@pytest.mark.parametrize(
    ("seconds", "elapsed", "overdue"),
    [(-1, 0, False), (70, 60_000, False), (150, 60_000, False), (151, 60_000, True)],
)
def test_it_never_sounds_longer_than_it_lasts(seconds: int, elapsed: int, *, overdue: bool) -> None:
    found = sounding(Airing(duration_ms=60_000), MORNING, [], MORNING + timedelta(seconds=seconds))
    assert (found.elapsed_ms, found.overdue) == (elapsed, overdue)


def test_live_words_have_no_length() -> None:
    found = sounding(Airing(duration_ms=0), MORNING, [], MORNING + timedelta(minutes=10))
    assert (found.elapsed_ms, found.left_ms, found.overdue) == (600_000, 0, False)
