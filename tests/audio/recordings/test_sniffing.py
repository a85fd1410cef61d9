"""What a file is, by its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from audio.recordings.sniffing import KINDS as KNOWN
from audio.recordings.sniffing import sniff
from content.errors import InvalidInputError
from tests.audio.recordings.conftest import KINDS, Sounds


def zipped() -> bytes:
    """Return an archive, the same at any time: it is part of a test's name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.mp3"), "ID3")
    return made.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_known_by_its_bytes(sounds: Sounds, kind: str) -> None:
    assert sniff(io.BytesIO(sounds.of(kind))).media is KNOWN[kind.split(",", maxsplit=1)[0]]


@pytest.mark.parametrize("tags", [1, 2])
def test_an_mp3_begins_after_its_tags(sounds: Sounds, tags: int) -> None:
    tag = b"ID3\x03\x00\x00\x00\x00\x02\x00" + bytes(256)
    found = sniff(io.BytesIO(tag * tags + sounds.of("mp3")))
    assert (found.media.name, found.start >= len(tag) * tags) == ("mp3", True)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Tệp rỗng"),
        (zipped(), "tệp nén ZIP"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "trang web"),
        (b"%PDF-1.7", "tệp PDF"),
        (b"\x89PNG\r\n\x1a\n", "ảnh"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "danh sách phát"),
        (b"ffconcat version 1.0\nfile 'file:///etc/passwd'\n", "danh sách phát"),
        (b"#!AMR\n", "tệp AMR"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "tệp không rõ loại"),
        (b"OggS" + bytes(24) + b"\x80theora", "tệp không rõ loại"),
        (b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", "tệp không rõ loại"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00" * 5, "tệp không rõ loại"),
        (b"\xff\xfb\x90\x00" + bytes(2000), "tệp không rõ loại"),
        (b"\xff\xf1\x50\x80" + bytes(2000), "tệp không rõ loại"),
        (b"RIFF", "tệp không rõ loại"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        sniff(io.BytesIO(data))
    assert told in str(refused.value)
    assert refused.value.field == "sound"
