"""Growing WAV files on a timeline: the index of a sample is the time since the file's origin."""

from __future__ import annotations

import logging
import wave
from datetime import datetime, timedelta
from pathlib import Path

from audio.players.decoding import RATE, SAMPLE_BYTES
from content.clock import Clock
from content.contracts.instants import format_instant

LINGER_SECONDS = 60.0
LONGEST_SECONDS = 3600

log = logging.getLogger("station")


class WavFile:
    """Mono, 16 bit, 48 kHz; its header is right after every write, so a killed program leaves it whole."""

    def __init__(self, path: Path, *, origin: float) -> None:
        self.path = path
        self.origin = origin
        self.samples = 0
        self._file = path.open("xb", buffering=0)
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - closed by close()
        self._wave.setnchannels(1)
        self._wave.setsampwidth(SAMPLE_BYTES)
        self._wave.setframerate(RATE)

    @property
    def seconds(self) -> float:
        """How long the file is."""
        return self.samples / RATE

    def silence_to(self, at: float) -> None:
        """Write silence up to the monotonic instant `at`."""
        missing = round((at - self.origin) * RATE) - self.samples
        while missing > 0:
            count = min(missing, RATE)
            self.append(bytes(count * SAMPLE_BYTES))
            missing -= count

    def append(self, pcm: bytes) -> None:
        """Write samples where the file stands."""
        self._wave.writeframes(pcm)
        self.samples += len(pcm) // SAMPLE_BYTES

    def close(self) -> None:
        """End the file."""
        self._wave.close()
        self._file.close()


class Reel:
    """The file of the broadcast that is on: one file while sounds follow each other closely.

    Silence is written only between two sounds of a file, so an idle station writes nothing.
    """

    def __init__(self, folder: Path, clock: Clock, *, kept_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._kept_bytes = kept_bytes
        self._file: WavFile | None = None
        self._last = 0.0

    def join(self, at: float) -> None:
        """Bring the file, or a new one, to the monotonic instant `at`."""
        file = self._file
        if file and (at - self._last > LINGER_SECONDS or file.seconds > LONGEST_SECONDS):
            self.end()
        if self._file is None:
            self._file = self._open(at)
        self._file.silence_to(at)

    def append(self, pcm: bytes) -> None:
        """Write samples; OSError when no file is open or the disk does not take them."""
        if self._file is None:
            raise OSError("the file of the broadcast is not open")
        self._file.append(pcm)
        self._last = self._clock.monotonic()

    def rest(self) -> None:
        """Close the file when nothing has sounded for a while."""
        if self._file and self._clock.monotonic() - self._last > LINGER_SECONDS:
            self.end()

    def end(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _open(self, at: float) -> WavFile:
        prune(self._folder, limit_bytes=self._kept_bytes)
        ahead = at - self._clock.monotonic()
        wall = self._clock.now() + timedelta(seconds=ahead, microseconds=500)
        path = free_path(self._folder, name_of(wall))
        log.info("writing what plays to %s", path)
        return WavFile(path, origin=at)


def name_of(instant: datetime) -> str:
    """Return the name of a file that begins at `instant`: `20261122T230000.000Z.wav`."""
    return format_instant(instant).replace("-", "").replace(":", "") + ".wav"


def free_path(folder: Path, name: str) -> Path:
    """Return a path in `folder` that is not taken, after a clock was set back too."""
    stem, number, path = Path(name).stem, 2, folder / name
    while path.exists():
        path, number = folder / f"{stem}-{number}.wav", number + 1
    return path


def prune(folder: Path, *, limit_bytes: int) -> None:
    """Delete the oldest WAV files until the rest is within `limit_bytes`."""
    files = sorted(folder.glob("*.wav"))
    total = sum(file.stat().st_size for file in files)
    for file in files:
        if total <= limit_bytes:
            return
        total -= file.stat().st_size
        file.unlink()
