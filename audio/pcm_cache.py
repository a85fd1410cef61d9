"""Sentences spoken before, on disk and bounded: a mended bulletin speaks only what changed."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from audio.files import write_whole
from audio.pcm import Pcm

LIMIT_BYTES = 256 * 1024 * 1024
_HEAD = b"LPPCM1"
_DIGEST_BYTES, _RATE_BYTES = 32, 4
_START = len(_HEAD) + _RATE_BYTES + _DIGEST_BYTES
_KEPT_OF_LIMIT = 0.8
_log = logging.getLogger(__name__)


class PcmCache:
    """Keeps utterances by voice fingerprint and text; the least recently used go first.

    It may forget anything at any time: a damaged or missing entry is a miss, a full disk is a warning.
    """

    def __init__(self, data_dir: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = data_dir / "cache" / "pcm"
        self._limit = limit_bytes
        self._size = sum(size for _, size, _ in self._entries())

    def get(self, fingerprint: str, text: str) -> Pcm | None:
        """Return the utterance, or None."""
        path = self._path(fingerprint, text)
        try:
            found = unpacked(path.read_bytes())
            if found is not None:
                os.utime(path)
        except OSError:
            return None
        return found

    def put(self, fingerprint: str, text: str, pcm: Pcm) -> None:
        """Keep the utterance, as far as the disk allows."""
        data = packed(pcm)
        try:
            write_whole(self._path(fingerprint, text), data, durable=False)
            self._size += len(data)
            if self._size > self._limit:
                self._shrink()
        except OSError as error:
            _log.warning("an utterance could not be kept: %s", error.strerror)

    @contextmanager
    def making(self, fingerprint: str, text: str) -> Iterator[None]:
        """Hold the right to speak the utterance while the block runs; others, of any process, wait.

        The locks are a few files, so that now and then one waits for another utterance.  A disk that
        refuses them is no reason not to speak.
        """
        with ExitStack() as held:
            try:
                held.enter_context(
                    _locked(self._folder / "locks" / f"{self._path(fingerprint, text).stem[:2]}.lock")
                )
            except OSError as error:
                _log.warning("an utterance could not be locked: %s", error.strerror)
            yield

    def _path(self, fingerprint: str, text: str) -> Path:
        key = hashlib.sha256(f"{fingerprint}\n{text}".encode()).hexdigest()
        return self._folder / key[:2] / f"{key}.pcm"

    def _entries(self) -> list[tuple[int, int, Path]]:
        """Return (last use in ns, bytes, path) of every entry, the oldest first."""
        found = []
        for path in self._folder.glob("??/*.pcm"):
            try:
                seen = path.stat()
            except FileNotFoundError:
                continue
            found.append((seen.st_mtime_ns, seen.st_size, path))
        return sorted(found)

    def _shrink(self) -> None:
        entries = self._entries()
        self._size = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if self._size <= self._limit * _KEPT_OF_LIMIT:
                return
            path.unlink(missing_ok=True)
            self._size -= size


def packed(pcm: Pcm) -> bytes:
    """Return the entry's bytes: head, rate, sha256 of the samples, samples."""
    rate = pcm.rate.to_bytes(_RATE_BYTES, "little")
    return _HEAD + rate + hashlib.sha256(pcm.samples).digest() + pcm.samples


def unpacked(data: bytes) -> Pcm | None:
    """Return what `packed` was given, or None when the bytes are not whole."""
    samples = data[_START:]
    whole = (
        data.startswith(_HEAD) and hashlib.sha256(samples).digest() == data[_START - _DIGEST_BYTES : _START]
    )
    rate = int.from_bytes(data[len(_HEAD) : len(_HEAD) + _RATE_BYTES], "little")
    return Pcm(samples, rate) if whole and samples and rate else None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file, which the system frees when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
