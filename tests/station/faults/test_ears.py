"""The ears that judge what sounded are themselves tried on files that are known."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path

import pytest

from tests.station.faults.ears import doubles, heard
from tests.station.faults.town import tone


def pcm(place: int, ms: int) -> bytes:
    with wave.open(BytesIO(tone(1200, place))) as file:
        return bytes(file.readframes(48 * ms))


def write(folder: Path, *parts: bytes) -> None:
    with wave.open(str(folder / "20261123T050000.000Z.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"".join(parts))


def silence(ms: int) -> bytes:
    return bytes(2 * 48 * ms)


@pytest.mark.parametrize(
    ("parts", "sounds"),
    [
        ([pcm(0, 1200)], [(0, 1200)]),
        ([pcm(0, 30)], [(0, 40)]),
        ([pcm(0, 1210), pcm(1, 1200)], [(0, 1220), (1, 1200)]),
        ([pcm(2, 400), silence(500), pcm(2, 600)], [(2, 400), (2, 600)]),
        ([pcm(0, 1201), silence(7), pcm(1, 1200)], [(0, 1200), (1, 1200)]),
        ([pcm(1, 1201), silence(47), pcm(0, 1200), silence(13)], [(1, 1200), (0, 1200)]),
        ([silence(200)], []),
        ([], []),
    ],
)
def test_what_sounded_is_known_by_its_pitch(
    tmp_path: Path, parts: list[bytes], sounds: list[tuple[int, int]]
) -> None:
    write(tmp_path, *parts)
    found = heard(tmp_path)
    assert [sound.place for sound in found] == [place for place, _ in sounds]
    assert [sound.ms for sound in found] == pytest.approx([ms for _, ms in sounds], abs=20)


def test_a_sound_that_comes_again_is_a_double(tmp_path: Path) -> None:
    write(tmp_path, pcm(0, 400), silence(500), pcm(1, 400), pcm(0, 400))
    assert doubles(heard(tmp_path)) == 1
