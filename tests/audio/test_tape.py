"""The tape: samples on disk, without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.pcm import Pcm
from audio.tape import Tape
from content.errors import UnavailableError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with Tape(1000, tmp_path) as tape:
        tape.write(b"\1\0\2\0")
        tape.write_silence(2)
        tape.copy(0, 4)
        assert tape.pcm() == Pcm(b"\1\0\2\0\0\0\0\0\1\0\2\0", 1000)
        assert (tape.bytes, tape.at_ms) == (12, 6)


def test_the_file_starts_at_its_start_every_time(tmp_path: Path) -> None:
    with Tape(1000, tmp_path) as tape:
        tape.write(b"\1\0")
        assert [tape.samples.read(), tape.samples.read()] == [b"\1\0", b"\1\0"]


def test_it_has_no_name_that_could_be_left_behind(tmp_path: Path) -> None:
    with Tape(1000, tmp_path) as tape:
        tape.write(b"\1\0")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("samples", "count"), [(5, 5), (10, 7), (3, 7)])
def test_slices_are_the_whole(tmp_path: Path, samples: int, count: int) -> None:
    sound = bytes(range(2 * samples))
    with Tape(1000, tmp_path) as tape:
        tape.write(sound)
        pieces = list(tape.slices(count))
    assert b"".join(pieces) == sound
    assert len(pieces) == min(samples, count)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_bytes(b"")
    with pytest.raises(UnavailableError, match="tệp tạm"):
        Tape(1000, tmp_path / "tmp")
