"""A growing WAV file on a timeline: the index of a sample is the time since the file's origin."""

from __future__ import annotations

import wave
from datetime import datetime
from pathlib import Path

from audio.players.decoding import RATE, SAMPLE_BYTES
from content.contracts.instants import format_instant


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
