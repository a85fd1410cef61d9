"""A long sound on disk, so that an hour of speech takes no memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Self

from audio.files import told
from audio.pcm import SAMPLE_BYTES, Pcm
from content.errors import UnavailableError

_CHUNK_BYTES = 1024 * 1024


class TapeError(UnavailableError):
    """The disk takes no samples; no voice is to blame."""


class Tape:
    """Samples (s16le, mono) in a file that has no name, so that it goes with the process, however it ends.

    Writing raises TapeError when the disk refuses.
    """

    def __init__(self, rate: int, folder: Path | None = None) -> None:
        self.rate = rate
        self.bytes = 0
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (closed with the tape)
        except OSError as error:
            raise _refused(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    @property
    def samples(self) -> IO[bytes]:
        """The whole sound as a file, wound back to its start."""
        os.lseek(self._file.fileno(), 0, os.SEEK_SET)
        return self._file

    @property
    def at_ms(self) -> int:
        """The length so far in ms."""
        return round(self.bytes * 1000 / SAMPLE_BYTES / self.rate)

    def write(self, samples: bytes) -> None:
        """Add samples at the end."""
        left = memoryview(samples)
        try:
            while left:
                count = os.pwrite(self._file.fileno(), left, self.bytes)
                left, self.bytes = left[count:], self.bytes + count
        except OSError as error:
            raise _refused(error) from error

    def write_silence(self, length_ms: int) -> None:
        """Add silence at the end."""
        self.write(bytes(SAMPLE_BYTES * round(length_ms * self.rate / 1000)))

    def copy(self, start: int, end: int) -> None:
        """Add what lies between two byte offsets once more at the end."""
        for at in range(start, end, _CHUNK_BYTES):
            self.write(self.read(at, min(_CHUNK_BYTES, end - at)))

    def read(self, start: int, count: int) -> bytes:
        """Return `count` bytes from the offset `start`."""
        return os.pread(self._file.fileno(), count, start)

    def slices(self, count: int) -> Iterator[bytes]:
        """Give the sound in `count` equal slices (fewer when it has fewer samples)."""
        samples = self.bytes // SAMPLE_BYTES
        bounds = [samples * n // count * SAMPLE_BYTES for n in range(count + 1)]
        for start, end in pairwise(bounds):
            if end > start:
                yield self.read(start, end - start)

    def pcm(self) -> Pcm:
        """Return the whole sound in memory."""
        return Pcm(self.read(0, self.bytes), self.rate)


def _refused(error: OSError) -> TapeError:
    return TapeError("Không ghi được tệp tạm khi tạo tiếng: {why}.", why=told(error))
