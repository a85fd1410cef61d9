"""The clip library: whole or not there, and checked when read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from audio.library import Library
from content.errors import CorruptError, NotFoundError, UnavailableError


def files(library: Library) -> list[Path]:
    return [path for path in library.folder.rglob("*") if path.is_file()]


def test_what_is_put_can_be_opened(library: Library, mp3: bytes) -> None:
    sha256 = library.put(mp3)
    path = library.open_clip(sha256)
    assert sha256 == hashlib.sha256(mp3).hexdigest()
    assert (path.read_bytes(), path.parent.name) == (mp3, sha256[:2])


def test_putting_twice_keeps_one_file_and_no_scraps(library: Library, mp3: bytes) -> None:
    library.put(mp3)
    library.put(mp3)
    assert len(files(library)) == 1


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"\0" + data[1:], lambda _data: b""])
def test_a_damaged_clip_is_noticed_and_put_aside(library: Library, mp3: bytes, damage: object) -> None:
    assert callable(damage)
    path = library.open_clip(library.put(mp3))
    path.write_bytes(damage(mp3))
    with pytest.raises(CorruptError):
        library.open_clip(path.stem)
    assert [file.parent.name for file in files(library)] == ["quarantine"]


def test_a_damaged_clip_is_mended_by_putting_it_again(library: Library, mp3: bytes) -> None:
    path = library.open_clip(library.put(mp3))
    path.write_bytes(b"damaged")
    library.put(mp3)
    assert library.open_clip(path.stem).read_bytes() == mp3


@pytest.mark.parametrize("name", ["", "a" * 64, "A" * 64, "../" * 20 + "etc/passwd", "a" * 63 + "\n"])
def test_what_is_no_clip_is_not_found(library: Library, name: str) -> None:
    with pytest.raises(NotFoundError):
        library.open_clip(name)
    assert not library.has(name)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "clips").write_bytes(b"a file where the folder should be")
    with pytest.raises(UnavailableError, match="clips"):
        Library(tmp_path).put(b"sound")
