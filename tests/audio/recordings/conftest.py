"""Sounds of every kind, made by ffmpeg once for all tests."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from audio import ffmpeg
from audio.pcm import Pcm
from audio.recordings.store import Recordings

KINDS: dict[str, tuple[str, ...]] = {
    "wav": ("-f", "wav"),
    "mp3": ("-f", "mp3", "-b:a", "64k"),
    "m4a": ("-c:a", "aac", "-f", "ipod"),
    "m4a, index first": ("-c:a", "aac", "-f", "mp4", "-movflags", "+faststart"),
    "m4a, in pieces": ("-c:a", "aac", "-f", "mp4", "-movflags", "frag_keyframe+empty_moov"),
    "ogg": ("-c:a", "libopus", "-f", "ogg"),
    "ogg, vorbis": ("-c:a", "libvorbis", "-f", "ogg"),
    "flac": ("-f", "flac"),
    "webm": ("-c:a", "libopus", "-f", "webm"),
    "webm, live": ("-c:a", "libopus", "-f", "webm", "-live", "1"),
}
"""Each kind's own name stands before the comma."""


class Sounds:
    """Makes sound files; a file is made by a path, because some kinds are finished by going back."""

    def __init__(self, folder: Path, speech: Pcm) -> None:
        self._folder, self._speech = folder, speech
        self._made: dict[str, bytes] = {}

    def of(self, kind: str) -> bytes:
        """Return the sentence as a file of the kind."""
        if kind not in self._made:
            given = (*ffmpeg.pcm_input(self._speech), *KINDS[kind])
            self._made[kind] = self.encoded(given, self._speech.samples)
        return self._made[kind]

    def tone(self, seconds: float, *arguments: str, rate: int = 8000, level: float = 0.1) -> bytes:
        """Return a tone (silence at level 0) as a file made by ffmpeg's own arguments."""
        wave = f"aevalsrc={level}*sin(2*PI*440*t):s={rate}:d={seconds}"
        return self.encoded(("-f", "lavfi", "-i", wave, *arguments), b"")

    def encoded(self, arguments: tuple[str, ...], given: bytes) -> bytes:
        """Return the file that ffmpeg makes of what it is given."""
        path = self._folder / "made"
        ffmpeg.run(
            ("-hide_banner", "-loglevel", "error", "-y", *arguments, str(path)), stdin=given, bare=True
        )
        return path.read_bytes()


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory, speech: Pcm) -> Sounds:
    return Sounds(tmp_path_factory.mktemp("sounds"), speech)


@pytest.fixture
def store(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path)


def lying(wav: bytes, seconds: int, rate: int) -> bytes:
    """Return a WAV whose head says that it lasts `seconds`."""
    at = wav.index(b"data") + 4
    return wav[:at] + struct.pack("<I", seconds * rate * 2) + wav[at + 4 :]
