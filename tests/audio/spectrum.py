"""How high one pitch stands in a sound, by Goertzel's rule."""

from __future__ import annotations

import array
import math

from audio.pcm import Pcm


def samples_of(pcm: Pcm) -> array.array[int]:
    """Return the samples as numbers."""
    return array.array("h", pcm.samples)


def height_at(pcm: Pcm, hertz: float, *, start_s: float, seconds: float) -> float:
    """Return the height of one pitch in a stretch of sound (Goertzel)."""
    stretch = samples_of(pcm)[round(start_s * pcm.rate) : round((start_s + seconds) * pcm.rate)]
    turn = 2 * math.cos(2 * math.pi * hertz / pcm.rate)
    one = two = 0.0
    for value in stretch:
        one, two = value + turn * one - two, one
    return math.sqrt(max(0.0, one * one + two * two - turn * one * two)) * 2 / len(stretch)
