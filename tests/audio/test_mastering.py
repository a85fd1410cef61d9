"""Mastering: as loud as it must be when decoded, whatever came in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import mutagen
import pytest

from audio import mastering
from audio.ffmpeg import Loudness
from audio.joining import Spoken, joined
from audio.mastering import Settings, first_settings, next_settings, within
from audio.pcm import Pcm
from audio.reading import sentences, spoken
from audio.voices.espeak import EspeakVoice
from content.errors import UnavailableError
from tests.audio.fake_voice import RATE, hum
from tests.audio.loudness import measured

LONG = (
    "Uỷ ban nhân dân phường thông báo: từ ngày 1/12, trạm y tế tiêm vắc xin cho trẻ dưới 6 tuổi. "
    "Mời phụ huynh mang sổ tiêm chủng. Mọi thắc mắc xin gọi trạm y tế phường!"
)


def speak(text: str) -> Pcm:
    voice = EspeakVoice()
    return joined([Spoken(one, voice.speak(one, limit_s=20)) for one in sentences(spoken(text))])


@pytest.mark.parametrize(
    ("text", "tolerance"), [(LONG, 0.5), ("Kính mời bà con dự họp tổ dân phố.", 0.5), ("Chú ý!", 1.0)]
)
def test_a_clip_is_as_loud_as_it_must_be(text: str, tolerance: float, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp3"
    file.write_bytes(mastering.master(speak(text), title="Thử", programme=None).data)
    lufs, peak = measured(file)
    assert abs(lufs + 16) <= tolerance
    assert peak <= -1


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


def test_the_first_round_makes_up_for_what_the_limiter_will_take() -> None:
    soft, peaky = first_settings(Loudness(-20, -18, 9000)), first_settings(Loudness(-20, -0.5, 9000))
    assert soft.gain_db == pytest.approx(4.0)
    assert peaky.gain_db > soft.gain_db


def test_the_next_round_corrects_loudness_and_peak() -> None:
    after = next_settings(Settings(2.0, -1.9), Loudness(-17.0, -0.6, 9000))
    assert (after.gain_db > 2.0, after.ceiling_db < -1.9) == (True, True)
