"""`loaphuong clips`: what is lost or damaged is named, brought back, and what nobody needs is removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from audio.library import Library
from content import bulletins
from tests.factories import make_approval, make_bulletin, make_unit, make_user
from tests.web.cli.conftest import Command, open_house

SOUND = b"a sound"


@pytest.fixture
def library(data: Path) -> Library:
    """Return the library of a house with one approved clip, archived."""
    house = open_house(data)
    sha256 = house.library.put(SOUND)
    house.library.keep(sha256)
    with house.database.writing() as session:
        bulletin = make_bulletin(session, make_unit(session), make_user(session), title="Thu gom rác")
        clip = bulletins.ClipFacts(sha256, len(SOUND), 1000, "audio/mpeg", "espeak")
        make_approval(session, bulletin, make_user(session, "lanh-dao"), clip=clip)
    house.close()
    return house.library


@pytest.fixture
def clip(library: Library) -> Path:
    return library.open_clip(library.put(SOUND))


def test_a_library_in_order(run: Command, clip: Path) -> None:
    ran = run("clips", "check")
    assert (ran.code, "nguyên vẹn 1, mất 0, hỏng 0, chưa có bản lưu 0" in ran.out) == (0, True)


@pytest.mark.parametrize(("word", "left"), [("MẤT", None), ("HỎNG", b"a sOund")])
def test_what_is_wrong_is_named_and_brought_back(
    run: Command, clip: Path, word: str, left: bytes | None
) -> None:
    clip.unlink()
    if left is not None:
        clip.write_bytes(left)
    ran = run("clips", "check")
    assert (ran.code, f"{word} {clip.stem[:12]} “Thu gom rác”" in ran.out) == (1, True)
    assert run("clips", "restore").code == 0
    assert clip.read_bytes() == SOUND


def test_what_cannot_be_brought_back_is_named(run: Command, library: Library, clip: Path) -> None:
    clip.unlink()
    library.archive.path(clip.stem).unlink()
    ran = run("clips", "restore")
    assert (ran.code, "CÒN THIẾU" in ran.out, "duyệt lại" in ran.out) == (1, True, True)


def test_what_the_archive_lacks_is_copied(run: Command, library: Library, clip: Path) -> None:
    library.archive.path(clip.stem).unlink()
    assert "CHƯA LƯU" in run("clips", "check").out
    assert "lưu thêm 1 bản" in run("clips", "restore").out
    assert library.archive.has(clip.stem)


def test_what_nobody_needs_goes_and_the_approved_one_stays(
    run: Command, library: Library, clip: Path
) -> None:
    other = library.open_clip(library.put(b"nobody's"))
    for path in (clip, other):
        os.utime(path, (0, 0))
    ran = run("clips", "clean")
    assert ran.code == 0
    assert ran.out.endswith("Đã xóa 1 tệp phát không còn dùng và 0 tệp ghi dở, được 0.0 MB.\n")
    assert (clip.exists(), other.exists()) == (True, False)
