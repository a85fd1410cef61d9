"""Notes: written as codes, read back, and told from somebody's own words."""

from __future__ import annotations

import pytest

from content.contracts.notes import Noted, Part, parts_of


@pytest.mark.parametrize(
    ("part", "note"),
    [
        (Part(Noted.QUIET_IN_REHEARSAL), "quiet_in_rehearsal"),
        (Part(Noted.CUT_OFF, 5000), "cut_off 5000"),
        (Part(Noted.FAILED, cause="mpv; died\nbadly"), "failed: mpv, died badly"),
        (Part(Noted.MENDED, 0, "mpv stood still"), "mended 0: mpv stood still"),
    ],
)
def test_a_note_is_a_code_and_comes_back(part: Part, note: str) -> None:
    assert str(part) == note
    assert [str(found) for found in parts_of(f"{note}; back 7") or []] == [note, "back 7"]


@pytest.mark.parametrize("note", ["", "theo lệnh", "back 5; theo lệnh", "backwards", "back -5"])
def test_own_words_are_no_codes(note: str) -> None:
    assert parts_of(note) is None
