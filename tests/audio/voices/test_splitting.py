"""Long sentences are cut where a reader would breathe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.voices.splitting import parts_of

PHRASE = "phường thông báo lịch tiêm chủng cho trẻ em"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Xin chào.", ["Xin chào."]),
        ("một hai, ba bốn; năm sáu", ["một hai,", "ba bốn;", "năm sáu"]),
        ("một, hai, ba, bốn, năm", ["một, hai,", "ba, bốn,", "năm"]),
        ("giá 3,5 triệu", ["giá 3,5", "triệu"]),
        ("một hai ba bốn năm", ["một hai ba", "bốn năm"]),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaa", "aaaaaaaaaa", "aaaa"]),
        ("", [""]),
    ],
)
def test_parts_end_at_marks_then_at_words(text: str, parts: list[str]) -> None:
    assert parts_of(text, 10) == parts


def test_a_phrase_is_not_cut_when_its_marks_serve() -> None:
    assert parts_of(", ".join([PHRASE] * 4), 100) == [f"{PHRASE}, {PHRASE},", f"{PHRASE}, {PHRASE}"]


@given(st.text(alphabet="aă ,;:-–", max_size=400), st.integers(5, 100))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    parts = parts_of(text, limit)
    assert max(map(len, parts)) <= limit
    assert "".join("".join(parts).split()) == "".join(text.split())
