"""What sounded: the WAV files of the sink, heard again, each airing known by its pitch."""

from __future__ import annotations

import array
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.station.faults.town import FIRST_HERTZ, STEP_HERTZ

BLOCK_MS = 20
LOUD = 500
"""A block that reaches this is sound; the tones reach 8,000."""
GAP_MS = 60
HEADER_BYTES = 44


@dataclass(frozen=True)
class Sound:
    """One unbroken sound: the airing's place by its pitch, when it began, how long it lasted."""

    place: int
    at: datetime
    ms: int


def heard(folder: Path) -> list[Sound]:
    """Return everything that sounded into the files of `folder`, in order."""
    return [sound for file in sorted(folder.glob("*.wav")) for sound in _of_file(file)]


def doubles(sounds: Sequence[Sound]) -> int:
    """Return how many sounds were of an airing that had sounded before."""
    return len(sounds) - len({sound.place for sound in sounds})


def _of_file(file: Path) -> list[Sound]:
    samples, rate = _samples(file)
    began = datetime.strptime(file.stem.split("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return sounds_in(samples, rate, began=began)


def sounds_in(samples: array.array[int], rate: int, *, began: datetime, gap_ms: int = GAP_MS) -> list[Sound]:
    """Return every sound of a recording that began at an instant; a shorter gap than `gap_ms` ends none."""
    size = rate * BLOCK_MS // 1000
    blocks = [samples[at : at + size] for at in range(0, len(samples), size)]
    places = _settled([_place(block, rate) for block in blocks])
    return [
        Sound(place, began + timedelta(milliseconds=first * BLOCK_MS), (last - first) * BLOCK_MS)
        for place, first, last in _runs(places, gap_ms)
    ]


def _samples(file: Path) -> tuple[array.array[int], int]:
    if file.stat().st_size <= HEADER_BYTES:
        return array.array("h"), 48_000
    with wave.open(str(file)) as read:
        return array.array("h", read.readframes(read.getnframes())), read.getframerate()


def _place(block: array.array[int], rate: int) -> int | None:
    """Tell the airing by the time between its tone's crossings of zero; None in silence."""
    if max(map(abs, block)) < LOUD:
        return None
    ups = [at for at, (before, after) in enumerate(pairwise(block)) if before < 0 <= after]
    hertz = rate * (len(ups) - 1) / (ups[-1] - ups[0]) if len(ups) > 1 else FIRST_HERTZ
    return max(0, round((hertz - FIRST_HERTZ) / STEP_HERTZ))


def _settled(places: list[int | None]) -> list[int | None]:
    """Give a block that is alone in its pitch the place of its neighbour: there one tone follows another."""
    settled = list(places)
    for at, here in enumerate(places):
        before, after = places[max(0, at - 1)], places[min(len(places) - 1, at + 1)]
        if here is not None and here not in (before if at else None, after if at + 1 < len(places) else None):
            settled[at] = here if before is None and after is None else (after if before is None else before)
    return settled


def _runs(places: list[int | None], gap_ms: int) -> list[tuple[int, int, int]]:
    """Return (place, first block, block after the last), bridging gaps shorter than `gap_ms`."""
    runs: list[tuple[int, int, int]] = []
    for at, place in enumerate(places):
        if place is None:
            continue
        if runs and runs[-1][0] == place and at - runs[-1][2] < gap_ms // BLOCK_MS:
            runs[-1] = (place, runs[-1][1], at + 1)
        else:
            runs.append((place, at, at + 1))
    return runs
