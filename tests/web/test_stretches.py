"""A text cut where its clip is cut."""

from __future__ import annotations

import pytest

from audio.reading import read
from audio.recipe import Recipe
from web.stretches import Stretch, of_spoken, of_written

TEXT = (
    "UBND phường thông báo:\n- từ 7h30 ngày 25/11, thu gom 100% rác.\n\n"
    "Mỗi hộ mang ra trước 8h; không đổ ra đường. *** Xin cảm ơn!"
)


def test_what_is_written_is_cut_where_it_is_said() -> None:
    assert of_written(read(TEXT)) == [
        Stretch("UBND phường thông báo:\n- từ 7h30 ngày 25/11, thu gom 100% rác.", 0),
        Stretch("\n\n", None),
        Stretch("Mỗi hộ mang ra trước 8h; không đổ ra đường. ***", 1),
        Stretch(" ", None),
        Stretch("Xin cảm ơn!", 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "",
        "Một.",
        "Họp lúc 7h30. Xong",
        "TT TT. 5% . . ??",
        "a\n\n\nb\n- c",
        "Từ " * 80 + "hết; và " * 50,
    ],
)
def test_nothing_is_lost_or_doubled(text: str) -> None:
    reading = read(text)
    assert "".join(one.text for one in of_written(reading)) == text
    assert "".join(one.text for one in of_spoken(reading.spoken)) == reading.spoken


def test_the_numbers_are_the_recipes() -> None:
    spoken = read(TEXT * 3).spoken
    said = [one for one in of_spoken(spoken) if one.sentence is not None]
    recipe = Recipe.of(spoken, title="", programme=None, voices=["espeak"])
    assert [one.text for one in said] == list(recipe.sentences)
    assert [one.sentence for one in said] == list(range(len(recipe.sentences)))
