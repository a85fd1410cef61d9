"""The one door to ffmpeg."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio import ffmpeg
from audio.pcm import Pcm
from content.errors import InvalidInputError, LoaPhuongError, UnavailableError
from tests.audio.fake_voice import RATE, hum


def test_mp3_becomes_plain_sound(mp3: bytes) -> None:
    heard = ffmpeg.decode(mp3)
    assert heard.rate == 24_000
    assert heard.duration_ms == pytest.approx(
        ffmpeg.measure(("-f", "mp3", "-i", "pipe:0"), mp3).duration_ms, abs=2
    )


@pytest.mark.parametrize("data", [b"", b"<html>no</html>", b"\x00" * 4000])
def test_what_holds_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(LoaPhuongError):
        ffmpeg.decode(data)


def test_a_playlist_cannot_make_it_read_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"RIFF")
    playlist = f"ffconcat version 1.0\nfile '{secret}'\n".encode()
    with pytest.raises((InvalidInputError, UnavailableError)):
        ffmpeg.decode(playlist, demuxer="concat")


def test_a_run_that_takes_too_long_is_ended() -> None:
    sound = hum(30)
    with pytest.raises(UnavailableError, match="quá"):
        ffmpeg.run((*ffmpeg.pcm_input(sound), "-f", "null", "-"), stdin=sound.samples, limit_s=0.001)


def test_a_failure_says_why() -> None:
    with pytest.raises(UnavailableError, match="nonsense"):
        ffmpeg.run(("-f", "nonsense", "-i", "pipe:0"))


def test_length_and_loudness_are_measured() -> None:
    sound = hum(3)
    heard = ffmpeg.measure(ffmpeg.pcm_input(sound), sound.samples)
    assert (heard.duration_ms, -20 < heard.lufs < -10, heard.peak_dbtp == pytest.approx(-12.2, abs=0.3)) == (
        3000,
        True,
        True,
    )


def test_silence_has_no_loudness() -> None:
    silence = Pcm(bytes(RATE * 2), RATE)
    assert ffmpeg.measure(ffmpeg.pcm_input(silence), silence.samples).lufs <= -70


def test_the_build_is_named() -> None:
    assert any(sign.isdigit() for sign in ffmpeg.build())
