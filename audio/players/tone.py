"""The built-in test tone: three short beeps made here; no file from outside is sounded for a test."""

from __future__ import annotations

import math
from array import array
from functools import cache
from io import BytesIO
from wave import open as open_wave

RATE = 48_000
BEEPS = 3
BEEP_MS, PAUSE_MS, FADE_MS = 600, 400, 10
LENGTH_MS = BEEPS * (BEEP_MS + PAUSE_MS)
_HERTZ = 440
_PEAK = 8000
_ROUND = 1200
"""Samples after which 440 Hz at 48 kHz repeats: eleven whole waves."""


@cache
def make_test_tone() -> bytes:
    """Return a WAV file (mono, 48 kHz) of `LENGTH_MS`, about −16 dB at its peaks."""
    sound = (_beep() + array("h", bytes(2 * _samples(PAUSE_MS)))) * BEEPS
    file = BytesIO()
    with open_wave(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(sound.tobytes())
    return file.getvalue()


def _beep() -> array[int]:
    """Return one beep that comes and goes softly."""
    wave = array("h", (round(_PEAK * math.sin(2 * math.pi * _HERTZ * at / RATE)) for at in range(_ROUND)))
    beep = wave * (_samples(BEEP_MS) // _ROUND)
    fade = _samples(FADE_MS)
    for at in range(fade):
        beep[at] = beep[at] * at // fade
        beep[-1 - at] = beep[-1 - at] * at // fade
    return beep


def _samples(ms: int) -> int:
    return RATE * ms // 1000
