"""How long a file says that it is, where ffmpeg cannot tell it from a pipe: WAV and MP3 by their heads."""

from __future__ import annotations

import os
import struct
from typing import IO

from audio.recordings.sniffing import Found
from audio.voices.mp3_frames import read_frame

_MOST_CHUNKS = 64
_UNKNOWN_SIZES = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000})
"""What programs write who did not know the size when they began."""
_FIRST_FRAME_BYTES = 2048


def declared_ms(file: IO[bytes], found: Found) -> int:
    """Return the length in ms that the head declares, 0 when it declares none."""
    if found.media.name == "wav":
        return _of_wav(file)
    return _of_mp3(file, found.start) if found.media.name == "mp3" else 0


def _of_wav(file: IO[bytes]) -> int:
    at, end, bytes_per_s = 12, file.seek(0, os.SEEK_END), 0
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(24)
        if len(head) < 24 or at >= end:  # noqa: PLR2004
            return 0
        name, size = struct.unpack("<4sI", head[:8])
        if name == b"fmt ":
            bytes_per_s = int.from_bytes(head[16:20], "little")
        if name == b"data":
            known = bytes_per_s > 0 and size not in _UNKNOWN_SIZES
            return size * 1000 // bytes_per_s if known else 0
        at += 8 + size + size % 2
    return 0


def _of_mp3(file: IO[bytes], start: int) -> int:
    """Return what the first frame tells when it is no sound but an index (Xing, Info)."""
    file.seek(start)
    head = file.read(_FIRST_FRAME_BYTES).lstrip(b"\0")
    first = read_frame(head[:4])
    if first is None:
        return 0
    mark = next((at for name in (b"Xing", b"Info") if (at := head.find(name, 4, 60)) >= 0), -1)
    if mark < 0 or len(head) < mark + 12 or not head[mark + 7] & 1:
        return 0
    return round(int.from_bytes(head[mark + 8 : mark + 12]) * first.length_ms)
