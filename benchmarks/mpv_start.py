"""How exactly mpv begins: starts into PulseAudio's null sink, recorded from its monitor by parec.

Run on a quiet machine: `nice -n -20 python benchmarks/mpv_start.py [--starts 200]`.  Each start is made
ready 0.8 s before and asked for at an instant that no block divides; `error` is when the recording says
that it began, less when it was asked for.  The control tone is written by hand into a stream of
`pacat` that runs all the time, at known samples: how far its beginnings scatter is the measuring
error.  `told` is when the player says that it began, less when the recording says so.
Every third start is followed by a second clip; the silence between the two is the gap.
"""

from __future__ import annotations

import argparse
import array
import math
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.players.base import Begun
from audio.players.mpv import MpvPlayer
from content.clock import SystemClock
from tests.audio.players.loudspeaker import DEVICE, LOUD, SINK, Recording, null_sink
from tests.audio.players.test_wav import make_item

RATE = 48_000
CLIP_MS = 300
LEAD_SECONDS = 0.8
PAUSE_SECONDS = 0.6
NEAR_SECONDS = 0.3
FOLLOWED = 3
CONTROL_AHEAD = 0.6
BLOCK = RATE // 100
CLOCK = SystemClock()
NOBODY = threading.Event()


@dataclass
class Starts:
    """When each was asked for, when the player says it began, and which were followed."""

    asked: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    followed: list[bool] = field(default_factory=list)


def tone(ms: int) -> bytes:
    """Return a tone that is loud from its first sample to its last."""
    samples = (
        round(14_000 * math.copysign(1, math.sin(index / 8 + 1))) for index in range(ms * RATE // 1000)
    )
    return b"".join(struct.pack("<h", sample) for sample in samples)


def write_clip(path: Path) -> Path:
    """Write the clip that is started."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone(CLIP_MS))
    return path


def measure(player: MpvPlayer, clip: Path, *, count: int) -> Starts:
    """Start the clip `count` times."""
    starts = Starts()
    for number in range(count):
        item, second = make_item(2 * number, ms=CLIP_MS), make_item(2 * number + 1, ms=CLIP_MS)
        player.preload(clip, item)
        at = CLOCK.monotonic() + LEAD_SECONDS + random.random() * 0.05  # noqa: S311
        player.start(item.id, at=at)
        follows = number % FOLLOWED == 0
        if follows:
            player.preload(clip, second)
            player.start(second.id, at=at + CLIP_MS / 1000)
        CLOCK.wait(NOBODY, at - CLOCK.monotonic() + CLIP_MS / 1000 * (1 + follows) + PAUSE_SECONDS)
        begun = [event.at for event in player.poll() if isinstance(event, Begun) and event.airing == item.id]
        starts.asked.append(at)
        starts.told.append(begun[0] if begun else math.nan)
        starts.followed.append(follows)
    return starts


def control(server: str, *, count: int) -> list[float]:
    """Write tones at known instants into a stream that runs all the time; return the instants."""
    command = ["pacat", "-d", SINK, "--raw", "--rate=48000", "--format=s16le", "--channels=1"]
    environ = {**os.environ, "PULSE_SERVER": server}
    process = subprocess.Popen(
        [*command, "--latency-msec=250"], stdin=subprocess.PIPE, env=environ, bufsize=0
    )
    pipe = cast("IO[bytes]", process.stdin)
    began = CLOCK.monotonic()
    instants = [began + 1.0 + number * 0.7 + 0.0137 * (number % 7) for number in range(count)]
    sounds = array.array("h", tone(200))
    for block in range(round((instants[-1] - began + 1.0) * RATE) // BLOCK):
        pipe.write(_block(block * BLOCK, [round((at - began) * RATE) for at in instants], sounds))
        CLOCK.wait(NOBODY, began + (block + 1) * BLOCK / RATE - CONTROL_AHEAD - CLOCK.monotonic())
    pipe.close()
    process.wait()
    return instants


def _block(first: int, starts: list[int], sounds: array.array[int]) -> bytes:
    block = array.array("h", bytes(BLOCK * 2))
    for start in starts:
        for index in range(max(first, start), min(first + BLOCK, start + len(sounds))):
            block[index - first] = sounds[index - start]
    return block.tobytes()


def errors(onsets: list[float], wanted: list[float]) -> list[float]:
    """Return ms from each wanted instant to the onset nearest to it, NaN where there is none."""
    found = []
    for at in wanted:
        nearest = min(onsets, key=lambda onset: abs(onset - at), default=math.inf)
        found.append((nearest - at) * 1000 if abs(nearest - at) < NEAR_SECONDS else math.nan)
    return found


def say(name: str, values: list[float]) -> None:
    """Print one line of figures."""
    good = sorted(value for value in values if not math.isnan(value))
    if not good:
        print(f"{name}: nothing was heard of {len(values)}")
        return
    magnitude = sorted(map(abs, good))
    p95 = magnitude[math.ceil(0.95 * len(good)) - 1]
    print(
        f"{name}: {len(good)} of {len(values)}, mean {statistics.mean(good):+.1f} ms, sd "
        f"{statistics.pstdev(good):.1f}, p95 |error| {p95:.1f}, from {good[0]:+.1f} to {good[-1]:+.1f}"
    )


def gaps(recording: Recording, starts: Starts, found: list[float]) -> list[float]:
    """Return ms of silence within each clip and the one that followed it, to the sample."""
    values, silences = recording.values(), []
    beginnings = {recording.instant(index): index for index in recording.beginnings()}
    for at, error, follows in zip(starts.asked, found, starts.followed, strict=True):
        if follows and not math.isnan(error):
            first = beginnings[min(beginnings, key=lambda instant: abs(instant - at))]
            both = values[first : first + 2 * CLIP_MS * RATE // 1000]
            silences.append(sum(abs(value) <= LOUD for value in both) * 1000 / RATE)
    return silences


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=200)
    count = parser.parse_args().starts
    with tempfile.TemporaryDirectory() as name, null_sink(Path(name) / "pulse") as server:
        os.environ["PULSE_SERVER"] = server
        clip = write_clip(Path(name) / "clip")
        recording = Recording(server, CLOCK)
        player = MpvPlayer(CLOCK, device=DEVICE)
        starts = measure(player, clip, count=count)
        lead = player.lead
        player.close()
        recording.end()
        found = errors(recording.onsets(), starts.asked)
        say("start", found)
        say("told", [(t - a) * 1000 - e for t, a, e in zip(starts.told, starts.asked, found, strict=True)])
        print(f"lead learned: {lead * 1000:.1f} ms")
        silences = gaps(recording, starts, found)
        print(f"gap before the next clip: {len(silences)} times, at most {max(silences, default=0):.2f} ms")
        recording = Recording(server, CLOCK)
        instants = control(server, count=count // 2)
        recording.end()
        onsets = recording.onsets()
        offset = statistics.median(min((on - at for on in onsets), key=abs) for at in instants)
        print(f"control tone: pacat's own delay {offset * 1000:.1f} ms, taken off")
        say("control tone", errors(onsets, [at + offset for at in instants]))


if __name__ == "__main__":
    main()
