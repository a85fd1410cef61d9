"""The built-in test tone."""

from __future__ import annotations

import wave
from array import array
from io import BytesIO
from itertools import pairwise

from audio.players.tone import BEEPS, LENGTH_MS, RATE, make_test_tone


def samples() -> array[int]:
    with wave.open(BytesIO(make_test_tone())) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        return array("h", file.readframes(file.getnframes()))


def test_it_lasts_as_long_as_it_says() -> None:
    assert len(samples()) * 1000 == LENGTH_MS * RATE


def test_it_beeps_and_pauses() -> None:
    found = samples()
    tenths = [max(map(abs, found[at : at + RATE // 10])) for at in range(0, len(found), RATE // 10)]
    assert "".join("#" if loud else "." for loud in tenths) == BEEPS * "######...."


def test_it_comes_and_goes_softly() -> None:
    found = samples()
    steps = [abs(later - earlier) for earlier, later in pairwise(found)]
    assert max(steps) < 500
