"""Mastering: as loud as it must be when decoded, whatever came in."""

from __future__ import annotations

import array
import io
import math
from pathlib import Path
from typing import Any

import mutagen
import pytest

from audio import ffmpeg, mastering
from audio.ffmpeg import Loudness
from audio.joining import Spoken, joined
from audio.mastering import Settings, Tried, first_settings, next_settings, within
from audio.pcm import Pcm
from audio.reading import sentences, spoken
from audio.voices.espeak import EspeakVoice
from content.errors import UnavailableError
from tests.audio.fake_voice import RATE, hum
from tests.audio.loudness import measured
from tests.audio.spectrum import height_at

LONG = (
    "Uỷ ban nhân dân phường thông báo: từ ngày 1/12, trạm y tế tiêm vắc xin cho trẻ dưới 6 tuổi. "
    "Mời phụ huynh mang sổ tiêm chủng. Mọi thắc mắc xin gọi trạm y tế phường!"
)


def speak(text: str) -> Pcm:
    voice = EspeakVoice()
    return joined([Spoken(one, voice.speak(one, limit_s=20)) for one in sentences(spoken(text))])


def hum_at(hertz: float) -> array.array[int]:
    wave = (6000 * math.sin(2 * math.pi * hertz * n / mastering.RATE) for n in range(4 * mastering.RATE))
    return array.array("h", map(round, wave))


def mixed(first: array.array[int], second: array.array[int]) -> Pcm:
    both = array.array("h", (one + other for one, other in zip(first, second, strict=True)))
    return Pcm(both.tobytes(), mastering.RATE)


def level(pcm: Pcm, hertz: float) -> float:
    """Return the level in dB of one pitch beside that of 1000 Hz."""
    here, middle = (height_at(pcm, pitch, start_s=1, seconds=2) for pitch in (hertz, 1000.0))
    return 20 * math.log10(here / middle)


@pytest.mark.parametrize(
    ("text", "tolerance"), [(LONG, 0.5), ("Kính mời bà con dự họp tổ dân phố.", 0.5), ("Chú ý!", 0.5)]
)
def test_a_clip_is_as_loud_as_it_must_be(text: str, tolerance: float, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp3"
    file.write_bytes(mastering.master(speak(text), title="Thử", programme=None).data)
    lufs, peak = measured(file)
    assert abs(lufs + 16) <= tolerance
    assert peak <= -1


@pytest.mark.parametrize(("text", "tolerance"), [(LONG, 0.5), ("Chú ý!", 1.0)])
def test_a_clip_for_horns_is_as_loud(text: str, tolerance: float, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp3"
    file.write_bytes(mastering.master(speak(text), title="Thử", programme=None, horn=True).data)
    lufs, peak = measured(file)
    assert abs(lufs + 16) <= tolerance
    assert peak <= -1


@pytest.mark.parametrize(("hertz", "least_db", "most_db"), [(100, 20, 60), (1500, -4, 0), (10_000, 6, 60)])
def test_a_horn_gets_the_band_that_it_carries(hertz: float, least_db: float, most_db: float) -> None:
    """The pitch beside one in the middle of the band: what the shape takes from it."""
    both = mixed(hum_at(1000), hum_at(hertz))
    plain, shaped = (
        level(ffmpeg.decode(mastering.master(both, title="Thử", programme=None, horn=horn).data), hertz)
        for horn in (False, True)
    )
    assert least_db <= plain - shaped <= most_db


@pytest.mark.parametrize("height", [200, 2000, 32_000])
def test_soft_and_loud_sounds_come_out_alike(height: int, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp3"
    file.write_bytes(mastering.master(hum(4, height=height), title="Thử", programme=None).data)
    lufs, peak = measured(file)
    assert (abs(lufs + 16) <= 0.5, peak <= -1) == (True, True)


def test_silence_is_refused() -> None:
    with pytest.raises(UnavailableError, match="khoảng lặng"):
        mastering.master(Pcm(bytes(RATE * 4), RATE), title="Thử", programme=None)


def test_the_same_sound_gives_the_same_bytes(speech: Pcm) -> None:
    first, second = (mastering.master(speech, title="Thử", programme="01").data for _ in range(2))
    assert first == second


def test_the_file_is_mono_24_khz_with_its_tags(mp3: bytes) -> None:
    file: Any = mutagen.File(io.BytesIO(mp3))
    assert (file.info.channels, file.info.sample_rate, file.info.bitrate) == (1, 24_000, 64_000)
    assert {name: str(frame) for name, frame in file.tags.items()} == {
        "TIT2": "Thông báo",
        "TALB": "01",
        "TLAN": "vie",
    }


@pytest.mark.parametrize(
    ("heard", "good"),
    [
        (Loudness(-16.0, -1.5, 5000), True),
        (Loudness(-16.4, -1.1, 5000), True),
        (Loudness(-16.5, -1.5, 5000), False),
        (Loudness(-16.5, -1.5, 2999), True),
        (Loudness(-15.0, -1.5, 2999), False),
        (Loudness(-16.0, -1.0, 5000), False),
        (Loudness(float("-inf"), float("-inf"), 5000), False),
    ],
)
def test_what_is_within_tolerance(heard: Loudness, good: bool) -> None:
    assert within(heard) is good


@pytest.mark.parametrize(("rounds", "ceiling_db"), [(1, -2.3), (2, -2.7)])
def test_a_peak_that_stands_out_again_is_pushed_down_further(rounds: int, ceiling_db: float) -> None:
    tried = [Tried(Settings(2.0, -1.9), Loudness(-16.0, -1.0, 9000))] * rounds
    assert next_settings(tried).ceiling_db == pytest.approx(ceiling_db)


def test_a_short_clip_is_given_up_no_sooner_than_a_long_one() -> None:
    assert not within(Loudness(-16.5, -1.5, 2999), short=False)


def test_the_first_round_makes_up_for_what_the_limiter_will_take() -> None:
    soft, peaky = first_settings(Loudness(-20, -18, 9000)), first_settings(Loudness(-20, -0.5, 9000))
    assert soft.gain_db == pytest.approx(4.0)
    assert peaky.gain_db > soft.gain_db


def test_the_next_round_corrects_loudness_and_peak() -> None:
    after = next_settings([Tried(Settings(2.0, -1.9), Loudness(-17.0, -0.6, 9000))])
    assert after.gain_db == pytest.approx(3.0 + 0.7 * (-1.9 - after.ceiling_db))
    assert after.ceiling_db < -1.9


@pytest.mark.parametrize(
    ("second_lufs", "gain_db"), [(-16.5, 4.0), (-16.75, 6.0), (-16.95, 5.0), (-17.5, 4.5), (-15.5, 2.5)]
)
def test_the_third_round_knows_what_the_second_gained(second_lufs: float, gain_db: float) -> None:
    first = Tried(Settings(2.0, -1.9, 2.0), Loudness(-17.0, -2, 9000))
    second = Tried(Settings(3.0, -1.9, 2.0), Loudness(second_lufs, -2, 9000))
    assert next_settings([first, second]).gain_db == pytest.approx(gain_db, abs=0.11)


def test_the_wording_it_belongs_to_stands_in_its_tags() -> None:
    sound = mastering.encoded(speak("Mời họp."), Settings(0, -2))
    file: Any = mutagen.File(io.BytesIO(mastering.tagged(sound, title="Thử", programme=None, revision=7)))
    assert {name: str(frame) for name, frame in file.tags.items()} == {
        "TIT2": "Thử",
        "TLAN": "vie",
        "TXXX:revision": "7",
    }
