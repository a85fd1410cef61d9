"""Sentences and breaths."""

from __future__ import annotations

import pytest

from audio.reading import read, sentences
from audio.reading.breaths import LONGEST

_CLAUSE = "nhân dân trong phường tích cực tham gia giữ gìn vệ sinh"


@pytest.mark.parametrize(
    ("spoken", "pieces"),
    [
        ("", ()),
        ("Xin chào.", ("Xin chào.",)),
        ("Mời họp! Đúng giờ nhé? Vâng.", ("Mời họp!", "Đúng giờ nhé?", "Vâng.")),
        ("Thời gian: tám giờ; địa điểm: nhà văn hóa", ("Thời gian: tám giờ; địa điểm: nhà văn hóa",)),
    ],
)
def test_short_texts_are_cut_at_full_stops_only(spoken: str, pieces: tuple[str, ...]) -> None:
    assert sentences(spoken) == pieces


@pytest.mark.parametrize("joint", [", ", "; ", ": ", " và ", " "])
def test_no_piece_is_longer_than_a_breath(joint: str) -> None:
    spoken = joint.join([_CLAUSE] * 12) + "."
    pieces = sentences(spoken)
    assert " ".join(pieces) == spoken
    assert all(len(piece.split()) <= LONGEST for piece in pieces)


def test_a_long_sentence_is_cut_at_its_clause_marks() -> None:
    spoken = ", ".join([_CLAUSE] * 4) + "."
    assert all(piece.endswith((",", ".")) for piece in sentences(spoken))


def test_a_reading_gives_the_offsets_of_its_sentences() -> None:
    reading = read("Họp lúc 8h. Mời bà con!")
    assert [reading.spoken[start:end] for start, end in reading.sentences] == [
        "Họp lúc tám giờ.",
        "Mời bà con!",
    ]
