"""A loudspeaker without a sound card: PulseAudio's null sink, its monitor recorded by parec.

What `parec` gives is samples without times; that a sample has come by the time it is read is sure, so
the earliest of many such bounds tells when sample 0 was.
"""

from __future__ import annotations

import array
import itertools
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from content.clock import Clock, SystemClock

RATE = 48_000
LOUD = 1000
SINK = "loa"
DEVICE = f"pulse/{SINK}"
_QUIET = RATE // 5
_NEAR = 10 * RATE


class Recording:
    """Everything that the sink has sounded since the recording began; mono, s16le, 48 kHz."""

    def __init__(self, server: str, clock: Clock) -> None:
        self._clock = clock
        self.samples = bytearray()
        self._marks: list[tuple[int, float]] = []
        command = ["parec", "-d", f"{SINK}.monitor", "--raw", "--rate=48000", "--format=s16le"]
        self._process = subprocess.Popen(
            [*command, "--channels=1", "--latency-msec=10"],
            env={**os.environ, "PULSE_SERVER": server},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._first = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._first.wait(20), "parec records nothing"

    def end(self) -> None:
        """Stop recording."""
        self._process.terminate()
        self._process.wait()
        self._thread.join(timeout=5)
        cast("IO[bytes]", self._process.stdout).close()

    def instant(self, sample: int) -> float:
        """Return the monotonic instant at which a sample sounded."""
        near = [read - count / RATE for count, read in self._marks if abs(count - sample) < _NEAR]
        return sample / RATE + min(near)

    def onsets(self) -> list[float]:
        """Return the instants at which sound began after a fifth of a second of silence."""
        return [self.instant(index) for index in self.beginnings()]

    def beginnings(self) -> list[int]:
        """Return the samples with which sound began after a fifth of a second of silence."""
        found, last = [], -_QUIET
        for index, value in enumerate(self.values()):
            if abs(value) > LOUD:
                if index - last >= _QUIET:
                    found.append(index)
                last = index
        return found

    def values(self) -> array.array[int]:
        """Return the samples."""
        return array.array("h", bytes(self.samples[: len(self.samples) // 2 * 2]))

    def longest_gap_ms(self) -> float:
        """Return the longest silence between the first sound and the last."""
        return max((b - a for a, b in itertools.pairwise(self._loud())), default=0) * 1000 / RATE

    def loud_ms(self) -> float:
        """Return how long it is from the first sound to the last."""
        loud = self._loud()
        return (loud[-1] - loud[0]) * 1000 / RATE

    def _loud(self) -> list[int]:
        return [index for index, value in enumerate(self.values()) if abs(value) > LOUD]

    def _listen(self) -> None:
        pipe = cast("IO[bytes]", self._process.stdout)
        while chunk := pipe.read(65_536):
            self.samples += chunk
            self._marks.append((len(self.samples) // 2, self._clock.monotonic()))
            self._first.set()


@contextmanager
def null_sink(folder: Path) -> Iterator[str]:
    """Run a PulseAudio of our own with a null sink; give the name of its server."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = folder / "native"
    modules = [
        f"-Lmodule-null-sink sink_name={SINK} rate=48000 channels=2",
        f"-Lmodule-native-protocol-unix auth-anonymous=1 socket={socket}",
    ]
    options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no"]
    environ = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    process = subprocess.Popen(
        ["pulseaudio", *options, "--high-priority=no", *modules], env=environ, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(socket)
        yield f"unix:{socket}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(path: Path) -> None:
    clock, pause = SystemClock(), threading.Event()
    end = clock.monotonic() + 20
    while not path.exists() and clock.monotonic() < end:
        clock.wait(pause, 0.02)
    assert path.exists(), "PulseAudio did not come up"
