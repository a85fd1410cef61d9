"""Tells what a file is by its bytes, never by its name: six kinds of sound, or a refusal with its reason."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO

from audio.voices.mp3_frames import read_frame
from content.errors import InvalidInputError
from content.text import msgid

_HEAD_BYTES = 4096
_FRAMES_BYTES = 8192
_ID3_HEAD, _MOST_TAGS = 10, 3
_OGG_CODECS = (b"OpusHead", b"\x01vorbis")
_EBML, _DOC_TYPES = b"\x1a\x45\xdf\xa3", (b"webm", b"matroska")
_PCM = tuple(f"pcm_{name}" for name in ("u8", "s16le", "s24le", "s32le", "f32le", "f64le", "alaw", "mulaw"))


@dataclass(frozen=True)
class Media:
    """A kind of sound file: what people call it, ffmpeg's demuxer, the codecs it may use, its media type."""

    name: str
    title: str
    demuxer: str
    codecs: tuple[str, ...]
    media_type: str


@dataclass(frozen=True)
class Found:
    """What a file is, and where its sound begins: tags may come before it, larger than all the sound."""

    media: Media
    start: int = 0


KINDS = {
    kind.name: kind
    for kind in (
        Media("wav", "WAV", "wav", _PCM, "audio/wav"),
        Media("mp3", "MP3", "mp3", ("mp3float", "mp3"), "audio/mpeg"),
        Media("m4a", "M4A", "mov", ("aac", "alac", "mp3float", "opus", "flac"), "audio/mp4"),
        Media("ogg", "Ogg", "ogg", ("opus", "vorbis"), "audio/ogg"),
        Media("flac", "FLAC", "flac", ("flac",), "audio/flac"),
        Media("webm", "WebM", "matroska", ("opus", "vorbis", *_PCM), "audio/webm"),
    )
}
_OTHERS = (
    (b"pk\x03\x04", msgid("tệp nén ZIP (hoặc Word, Excel)")),
    (b"<!doctype", msgid("trang web")),
    (b"<html", msgid("trang web")),
    (b"<?xml", msgid("văn bản XML")),
    (b"%pdf", msgid("tệp PDF")),
    (b"\x89png", msgid("ảnh")),
    (b"\xff\xd8\xff", msgid("ảnh")),
    (b"gif8", msgid("ảnh")),
    (b"#!amr", msgid("tệp AMR của điện thoại cũ")),
    (b"#extm3u", msgid("danh sách phát, không chứa tiếng")),
    (b"ffconcat", msgid("danh sách phát, không chứa tiếng")),
    (b"[playlist]", msgid("danh sách phát, không chứa tiếng")),
    (b"mz", msgid("chương trình máy tính")),
    (b"\x7felf", msgid("chương trình máy tính")),
)
_UNKNOWN = msgid("tệp không rõ loại")


def sniff(file: IO[bytes]) -> Found:
    """Return what the file is, by its start; InvalidInputError (field `sound`) when it is no such sound."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head:
        raise InvalidInputError("Tệp rỗng (0 byte). Hãy thu lại, hoặc chọn tệp khác.", field="sound")
    if name := _by_head(head):
        return Found(KINDS[name])
    start = _after_tags(file, head)
    if not _is_mp3(file, start):
        raise InvalidInputError(
            "Đây là {what}, không phải tệp âm thanh dùng được, dù tên tệp là gì. Hãy chọn tệp WAV, MP3, M4A, "
            "Opus (Ogg, WebM) hoặc FLAC.",
            field="sound",
            what=_called(head),
        )
    return Found(KINDS["mp3"], start)


def _by_head(head: bytes) -> str | None:
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS" and any(codec in head[:64] for codec in _OGG_CODECS):
        return "ogg"
    return "webm" if head[:4] == _EBML and any(kind in head[:64] for kind in _DOC_TYPES) else None


def _is_mp3(file: IO[bytes], start: int) -> bool:
    """Tell whether two whole frames follow each other from `start` on."""
    file.seek(start)
    sound = file.read(_FRAMES_BYTES).lstrip(b"\0")
    first = read_frame(sound[:4])
    return first is not None and read_frame(sound[first.size : first.size + 4]) is not None


def _after_tags(file: IO[bytes], head: bytes) -> int:
    """Return where the ID3 tags end; their own sizes are believed only within the file."""
    size, start, tag = file.seek(0, os.SEEK_END), 0, head[:_ID3_HEAD]
    for _ in range(_MOST_TAGS):
        if tag[:3] != b"ID3" or len(tag) < _ID3_HEAD:
            break
        length = 0
        for byte in tag[6:10]:
            length = length << 7 | byte & 0x7F
        start = min(start + _ID3_HEAD + length, size)
        file.seek(start)
        tag = file.read(_ID3_HEAD)
    return start


def _called(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((name for magic, name in _OTHERS if start.startswith(magic)), _UNKNOWN)
