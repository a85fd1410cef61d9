"""Decoding a clip into samples."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from audio.players.decoding import RATE, Decoder, ffmpeg_command
from content.errors import CorruptError
from tests.audio.players.test_wav import LOUD, make_square


def make_mp3(source: Path) -> Path:
    """Return an MP3 of the clip at `source`."""
    mp3 = source.with_suffix(".mp3")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-i", str(source), "-f", "mp3", str(mp3)], check=True)
    return mp3


def test_samples_come_as_they_are_asked_for(tmp_path: Path) -> None:
    decoder = Decoder(make_square(tmp_path / "clip", 100), media_type="audio/wav")
    decoder.prime(1000)
    parts = [len(decoder.read(2000)) // 2 for _ in range(4)]
    assert parts == [2000, 2000, 800, 0]
    assert decoder.failure() is None
    decoder.close()


def test_an_mp3_is_decoded(tmp_path: Path) -> None:
    decoder = Decoder(make_mp3(make_square(tmp_path / "clip", 1000)), media_type="audio/mpeg")
    samples = len(decoder.read(2 * RATE)) // 2
    decoder.close()
    assert abs(samples - RATE) < RATE // 10


def test_the_command_fixes_format_and_protocol() -> None:
    command = ffmpeg_command(Path("/x/a"), media_type="audio/mpeg", gain_mdb=-1500, from_ms=20)
    assert command[command.index("-protocol_whitelist") + 1] == "file"
    assert command[command.index("-i") - 1] == "mp3"
    assert "volume=-1.500dB" in command


def test_a_playlist_in_place_of_sound_opens_nothing(tmp_path: Path) -> None:
    make_square(tmp_path / "other.wav", 100, level=LOUD)
    playlist = tmp_path / "clip"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path}/other.wav\n", "utf-8")
    decoder = Decoder(playlist, media_type="audio/mpeg")
    with pytest.raises(CorruptError):
        decoder.prime(100)
    decoder.close()
