"""Recipes: what they name and what they leave out."""

from __future__ import annotations

import pytest

from audio.recipe import Recipe
from content.errors import InvalidInputError


def make_recipe(
    spoken: str = "Xin chào. Mời họp.",
    *,
    title: str = "Thử",
    repeat: int = 1,
    voices: tuple[str, ...] = ("a", "b"),
) -> Recipe:
    return Recipe.of(spoken, title=title, programme="01", voices=voices, repeat=repeat)


def test_a_recipe_reads_back() -> None:
    assert Recipe.parse(make_recipe().text) == make_recipe()


def test_sentences_stand_one_by_one() -> None:
    assert make_recipe().sentences == ("Xin chào.", "Mời họp.")


@pytest.mark.parametrize(
    "other",
    [make_recipe("Xin chào."), make_recipe(title="B"), make_recipe(repeat=2), make_recipe(voices=("b", "a"))],
)
def test_every_part_counts(other: Recipe) -> None:
    assert other.sha256 != make_recipe().sha256


@pytest.mark.parametrize("odd", ["Thử\nhai", "Thử\x00hai", "Thử \ud800hai", " Thử  hai "])
def test_titles_are_made_plain(odd: str) -> None:
    assert make_recipe(title=odd).title == "Thử hai"


@pytest.mark.parametrize(("repeat", "voices"), [(0, ("a",)), (6, ("a",)), (1, ())])
def test_what_cannot_be_made_is_refused(repeat: int, voices: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError):
        make_recipe(repeat=repeat, voices=voices)
