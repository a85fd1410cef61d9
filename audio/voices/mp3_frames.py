"""Walks the frames of an MP3, to tell a whole sound from a cut one."""

from __future__ import annotations

from dataclasses import dataclass

_BIT_RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_HEAD_BYTES = 4
_SYNC = 0xFFE0
_ID3_HEAD, _ID3_TAIL = 10, 128


@dataclass(frozen=True)
class Frame:
    """One frame's length in bytes and in ms."""

    size: int
    length_ms: float


@dataclass(frozen=True)
class Walk:
    """What a walk found: ms of sound in whole frames, and whether nothing but whole frames stood there."""

    length_ms: float
    whole: bool


def walk(data: bytes) -> Walk:
    """Walk an MP3 (layer III) from its first frame to its end; tags at the two ends are stepped over."""
    position, end, length_ms = _sound_start(data), _sound_end(data), 0.0
    while position < end:
        frame = read_frame(data[position : position + _HEAD_BYTES])
        if frame is None or position + frame.size > end:
            return Walk(length_ms, whole=False)
        position += frame.size
        length_ms += frame.length_ms
    return Walk(length_ms, whole=length_ms > 0)


def read_frame(head: bytes) -> Frame | None:
    """Read the head (4 bytes) of a frame; None when it is none."""
    if len(head) < _HEAD_BYTES or int.from_bytes(head[:2]) & _SYNC != _SYNC:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_index, rate_index, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if layer != 1 or version == 1 or rate_index == 3 or bit_index in {0, 15}:  # noqa: PLR2004
        return None
    first = version == 3  # noqa: PLR2004
    rate, samples = _RATES[version][rate_index], 1152 if first else 576
    size = samples // 8 * _BIT_RATES[first][bit_index] * 1000 // rate + padding
    return Frame(size, samples * 1000 / rate)


def _sound_start(data: bytes) -> int:
    if not data.startswith(b"ID3") or len(data) < _ID3_HEAD:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEAD + size


def _sound_end(data: bytes) -> int:
    return len(data) - _ID3_TAIL if data[-_ID3_TAIL : -_ID3_TAIL + 3] == b"TAG" else len(data)
