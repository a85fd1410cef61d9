"""The tones: their pitches, their level, their length, and that they do not click."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from audio import mastering, tones
from audio.pcm import Pcm
from tests.audio.loudness import measured
from tests.audio.spectrum import height_at, samples_of

RATE = 24_000
TONES = (tones.chime, tones.attention)
Tone = Callable[[int], Pcm]


@pytest.mark.parametrize(
    ("tone", "length_ms"),
    [(tones.chime, tones.LENGTHS_MS["chime"]), (tones.attention, tones.LENGTHS_MS["attention"])],
)
@pytest.mark.parametrize("rate", [8000, 22_050, 24_000])
def test_a_tone_lasts_as_long_at_every_rate(tone: Tone, length_ms: int, rate: int) -> None:
    assert (tone(rate).duration_ms, tone(rate).rate) == (length_ms, rate)


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_leaves_headroom_and_begins_and_ends_in_silence(tone: Tone) -> None:
    samples = samples_of(tone(RATE))
    assert 6000 < max(map(abs, samples)) < 32_767 / 1.4
    assert max(map(abs, [*samples[:3], *samples[-3:]])) < 50


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_does_not_click(tone: Tone) -> None:
    samples = samples_of(tone(RATE))
    steps = [abs(after - before) for before, after in pairwise(samples)]
    bends = [abs(after - before) for before, after in pairwise(steps)]
    assert max(bends) < 0.3 * max(map(abs, samples))


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_is_the_same_every_time(tone: Tone) -> None:
    first = tone(RATE)
    tone.cache_clear()  # type: ignore[attr-defined]
    assert tone(RATE) == first


@pytest.mark.parametrize(("start_s", "hertz"), [(0.05, 523.25), (0.47, 659.26), (0.89, 783.99)])
def test_the_chime_strikes_three_rising_notes(start_s: float, hertz: float) -> None:
    struck, beside = (
        height_at(tones.chime(RATE), pitch, start_s=start_s, seconds=0.3) for pitch in (hertz, hertz * 1.12)
    )
    assert struck > 5 * beside


def test_the_chime_rings_out() -> None:
    early, late = (height_at(tones.chime(RATE), 783.99, start_s=start, seconds=0.2) for start in (0.9, 2.2))
    assert late < early / 15


@pytest.mark.parametrize("beat", range(8))
def test_the_call_goes_between_two_pitches(beat: int) -> None:
    high, low = (
        height_at(tones.attention(RATE), hertz, start_s=beat * 0.3 + 0.02, seconds=0.25)
        for hertz in (1000.0, 800.0)
    )
    assert (high > 5 * low) if beat % 2 == 0 else (low > 5 * high)


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_can_be_mastered_alone(tone: Tone, tmp_path: Path) -> None:
    file = tmp_path / "tone.mp3"
    file.write_bytes(mastering.master(tone(RATE), title="Chuông", programme=None).data)
    lufs, peak = measured(file)
    assert (abs(lufs + 16) <= 1, peak <= -1) == (True, True)
