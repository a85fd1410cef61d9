"""The clip library: whole or not there, and checked when read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audio.archive import put_aside
from audio.library import Library
from content.errors import CorruptError, NotFoundError, UnavailableError

ROOT = Path(__file__).parents[2]


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


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [flip_a_bit, Path.unlink])
def test_an_archived_clip_comes_back_byte_for_byte(
    library: Library, mp3: bytes, harm: Callable[[Path], None]
) -> None:
    sha256 = library.put(mp3)
    assert library.keep(sha256)
    harm(library.path(sha256))
    assert library.has(sha256)
    assert library.open_clip(sha256).read_bytes() == mp3


def test_the_damaged_file_is_kept_aside_when_its_copy_comes_back(library: Library, mp3: bytes) -> None:
    sha256 = library.put(mp3)
    library.keep(sha256)
    flip_a_bit(library.path(sha256))
    library.open_clip(sha256)
    assert len(list(library.quarantine.iterdir())) == 1


def test_a_damaged_copy_is_never_given_back(library: Library, mp3: bytes) -> None:
    sha256 = library.put(mp3)
    library.keep(sha256)
    flip_a_bit(library.path(sha256))
    flip_a_bit(library.archive.path(sha256))
    with pytest.raises(CorruptError):
        library.open_clip(sha256)
    with pytest.raises(NotFoundError):
        library.open_clip(sha256)


def test_a_damaged_copy_is_made_good_while_the_clip_is_sound(library: Library, mp3: bytes) -> None:
    sha256 = library.put(mp3)
    library.keep(sha256)
    flip_a_bit(library.archive.path(sha256))
    assert library.keep(sha256)
    assert library.archive.path(sha256).read_bytes() == mp3


def test_a_damaged_clip_is_not_archived(library: Library, mp3: bytes) -> None:
    sha256 = library.put(mp3)
    flip_a_bit(library.path(sha256))
    assert not library.keep(sha256)
    assert not library.archive.has(sha256)


def test_an_archive_that_cannot_be_written_stops_nobody(tmp_path: Path, mp3: bytes) -> None:
    (tmp_path / "archive").write_bytes(b"a file where the folder should be")
    library = Library(tmp_path)
    assert not library.keep(library.put(mp3))


def test_the_archive_may_lie_elsewhere(tmp_path: Path, mp3: bytes) -> None:
    library = Library(tmp_path / "a", archive_dir=tmp_path / "b")
    sha256 = library.put(mp3)
    library.keep(sha256)
    assert (tmp_path / "b" / sha256[:2] / f"{sha256}.mp3").read_bytes() == mp3


def test_two_who_find_the_same_damage_leave_the_sound_file_that_one_of_them_put(
    library: Library, mp3: bytes
) -> None:
    """The second has looked at the damaged bytes; meanwhile the first has put the sound ones there."""
    sha256 = library.put(mp3)
    put_aside(library.path(sha256), sha256, library.quarantine)
    assert library.open_clip(sha256).read_bytes() == mp3


_CRAMPED = """
import resource, sys
from pathlib import Path
from audio.library import Library
from content.errors import UnavailableError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    Library(Path(sys.argv[1])).put(bytes(5000))
except UnavailableError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_told_and_nothing_half_written_stays(library: Library) -> None:
    command = [sys.executable, "-c", _CRAMPED, str(library.data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "Không ghi được tệp phát" in done.stdout
    assert "hạn mức" in done.stdout
    assert files(library) == []
