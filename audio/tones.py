"""The house's own tones, made by arithmetic alone: the chime before an announcement, the call to attention.

The chime is a little softer and the call about as loud as a voice comes from its engine, so that a clip
led by one is mastered like any other and its words stay in front.
"""

from __future__ import annotations

import array
import functools
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from audio.pcm import Pcm

_FULL = 32_767
_RISE_S, _FALL_S = 0.006, 0.030
_THOUSANDTH = math.log(1000)


@dataclass(frozen=True)
class Partial:
    """One damped sine: pitch and height beside its note's, and seconds until it is a thousandth as high."""

    ratio: float
    height: float
    dies_s: float


@dataclass(frozen=True)
class Note:
    """A note: begin and end in seconds, pitch in Hz, height (1 is full scale), partials."""

    start_s: float
    end_s: float
    hertz: float
    height: float
    partials: tuple[Partial, ...]


_BELL = (Partial(1.0, 0.66, 2.4), Partial(2.0, 0.23, 1.5), Partial(3.01, 0.08, 0.8), Partial(4.2, 0.03, 0.4))
_CALL = (Partial(1.0, 0.7, 60.0), Partial(2.0, 0.16, 60.0), Partial(3.0, 0.14, 60.0))
_CHIME = tuple(Note(0.42 * n, 2.6, hertz, 0.34, _BELL) for n, hertz in enumerate((523.25, 659.26, 783.99)))
_ATTENTION = tuple(Note(0.3 * n, 0.3 * (n + 1), 800.0 if n % 2 else 1000.0, 0.3, _CALL) for n in range(8))


LENGTHS_MS = {"chime": 2600, "attention": 2400}
"""How long each lasts, by the name that a recipe uses."""


@functools.lru_cache(maxsize=8)
def chime(rate: int) -> Pcm:
    """Return three rising notes (C, E, G) that ring out: 2.6 s at `rate` samples a second."""
    return _played(_CHIME, rate)


@functools.lru_cache(maxsize=8)
def attention(rate: int) -> Pcm:
    """Return a call of two tones in turn, 1000 and 800 Hz, where horns carry best: 2.4 s."""
    return _played(_ATTENTION, rate)


def _played(notes: tuple[Note, ...], rate: int) -> Pcm:
    mixed = [0.0] * round(max(note.end_s for note in notes) * rate)
    for note in notes:
        for place, value in enumerate(_rung(note, rate), round(note.start_s * rate)):
            mixed[place] += value
    samples = array.array("h", (round(_FULL * value) for value in mixed))
    if sys.byteorder == "big":
        samples.byteswap()
    return Pcm(samples.tobytes(), rate)


def _rung(note: Note, rate: int) -> Iterator[float]:
    count = round(note.end_s * rate) - round(note.start_s * rate)
    turns = [(2 * math.pi * note.hertz * one.ratio, _THOUSANDTH / one.dies_s) for one in note.partials]
    for n in range(count):
        at_s, left_s = n / rate, (count - 1 - n) / rate
        swings = zip(turns, note.partials, strict=True)
        wave = sum(
            one.height * math.sin(turn * at_s) * math.exp(-fade * at_s) for (turn, fade), one in swings
        )
        yield note.height * wave * _eased(at_s, _RISE_S) * _eased(left_s, _FALL_S)


def _eased(from_edge_s: float, over_s: float) -> float:
    """Return the height so far from an edge: a half cosine, so that no note clicks."""
    return 1.0 if from_edge_s >= over_s else 0.5 - 0.5 * math.cos(math.pi * from_edge_s / over_s)
