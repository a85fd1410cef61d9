"""What people type, made safe to keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.errors import InvalidInputError
from content.text import body, line, slug_of


@pytest.mark.parametrize(
    ("given_", "slug"),
    [
        ("Phường Hạ Đình", "phuong-ha-dinh"),
        ("  Thu gom rác, dịp Tết! ", "thu-gom-rac-dip-tet"),
        ("ĐƯỜNG 19/5", "duong-19-5"),
        ("…", ""),
    ],
)
def test_slugs(given_: str, slug: str) -> None:
    assert slug_of(given_) == slug


def test_a_line_is_folded() -> None:
    assert line("  Thu\tgom \n rác ", field="title", what="Tiêu đề") == "Thu gom rác"


def test_a_body_keeps_its_lines() -> None:
    assert body("một\r\nhai\rba\n", field="text", what="Văn bản", limit=20) == "một\nhai\nba"


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\u2028", "\ud800", "\x85"])
def test_control_characters_are_named(bad: str) -> None:
    with pytest.raises(InvalidInputError, match=r"U\+"):
        body(f"văn bản {bad}", field="text", what="Văn bản", limit=100)


@given(st.text())
def test_whatever_is_taken_can_be_stored(text: str) -> None:
    try:
        taken = body(text, field="text", what="Văn bản", limit=10_000)
    except InvalidInputError:
        return
    assert taken.encode().decode() == taken
    assert body(taken, field="text", what="Văn bản", limit=10_000) == taken


@pytest.mark.parametrize(("field", "advised"), [("text", True), ("reason", False)])
def test_only_a_text_is_to_be_split(field: str, advised: bool) -> None:
    with pytest.raises(InvalidInputError) as told:
        body("a" * 11, field=field, what="Lời", limit=10)
    assert ("hai bản tin" in str(told.value), "dài 11 ký tự" in str(told.value)) == (advised, True)
