"""Plain sound: signed 16-bit little-endian samples, one channel."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_BYTES = 2


@dataclass(frozen=True)
class Pcm:
    """Samples (s16le, mono) and their rate in samples a second."""

    samples: bytes
    rate: int

    @property
    def duration_ms(self) -> int:
        """The length in ms."""
        return round(len(self.samples) * 1000 / SAMPLE_BYTES / self.rate)
