"""Putting the index of an MP4 before its sound."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio.recordings.atoms import with_index_first
from content.errors import InvalidInputError
from tests.audio.recordings.conftest import Sounds


def box(kind: bytes, inside: bytes) -> bytes:
    return (8 + len(inside)).to_bytes(4) + kind + inside


def index_of(offsets: bytes, kind: bytes = b"stco", size: int = 4) -> bytes:
    table = box(kind, bytes(4) + (len(offsets) // size).to_bytes(4) + offsets)
    for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        table = box(outer, table)
    return table


def ordered(data: bytes, folder: Path) -> bytes:
    with with_index_first(io.BytesIO(data), folder) as made:
        made.seek(0)
        return made.read()


def test_a_file_in_order_is_left_alone(sounds: Sounds, tmp_path: Path) -> None:
    file = io.BytesIO(sounds.of("m4a, index first"))
    assert with_index_first(file, tmp_path) is file


def test_a_file_is_put_in_the_order_that_ffmpeg_gives_it(sounds: Sounds, tmp_path: Path) -> None:
    made = ordered(sounds.of("m4a"), tmp_path)
    assert made.index(b"moov") < made.index(b"mdat")
    assert len(made) == len(sounds.of("m4a"))


@pytest.mark.parametrize(("kind", "size"), [(b"stco", 4), (b"co64", 8)])
def test_offsets_move_by_the_length_of_the_index(tmp_path: Path, kind: bytes, size: int) -> None:
    sound, tail = box(b"mdat", b"SOUND"), box(b"free", b"")
    places = (8 + 8, 10_000)
    index = index_of(b"".join(place.to_bytes(size) for place in places), kind, size)
    made = ordered(box(b"ftyp", b"") + sound + index + tail, tmp_path)
    moved = index_of(b"".join(p.to_bytes(size) for p in (places[0] + len(index), places[1])), kind, size)
    assert made == box(b"ftyp", b"") + moved + sound + tail


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"\xff\xff\xff\xffmoov",
        box(b"moov", b"\x00\x00\x00\x03trak"),
        box(b"moov", b"\xff\xff\xff\xfftrak"),
        index_of(b"")[:-4] + b"\xff\xff\xff\xff",
        box(b"moov", bytes(8_000_001)),
    ],
    ids=["none", "cut", "box below its head", "box beyond its end", "table beyond its end", "too large"],
)
def test_an_index_that_makes_no_sense_is_refused(tmp_path: Path, index: bytes) -> None:
    with pytest.raises(InvalidInputError, match="thiếu phần mục lục"):
        ordered(box(b"ftyp", b"") + box(b"mdat", b"SOUND") + index, tmp_path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_put_in_order_or_refused(tmp_path: Path, data: bytes, inside: bool) -> None:
    index = box(b"moov", box(b"trak", box(b"mdia", data))) if inside else data
    try:
        ordered(box(b"ftyp", b"") + box(b"mdat", b"SOUND") + index, tmp_path)
    except InvalidInputError:
        return
