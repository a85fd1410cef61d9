"""Recipes: what they name and what they leave out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audio import ffmpeg, mastering
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


def test_a_recording_has_no_voice_and_no_sentence() -> None:
    recipe = Recipe.of_recording("a" * 64, title="Thử", programme="01", repeat=2, lead="chime", horn=True)
    assert (recipe.voices, recipe.sentences, recipe.wanted_voice, recipe.steps) == ((), (), None, 1)
    assert Recipe.parse(recipe.text) == recipe


FIRST = (
    '{"ffmpeg":"7","mastering":1,"programme":null,"repeat":2,"sentences":["Mời họp."],"title":"Thử","v":1,'
    '"voices":["gtts","espeak"]}'
)


def test_a_recipe_of_the_first_version_is_still_read() -> None:
    old = Recipe.parse(FIRST)
    assert (old.sentences, old.voices, old.repeat) == (("Mời họp.",), ("gtts", "espeak"), 2)
    assert (old.lead, old.horn, old.gap_ms, old.recording) == (None, False, 1200, None)


def test_a_recipe_is_canonical_json_of_version_two() -> None:
    held = json.loads(make_recipe().text)
    assert held["v"] == 2
    assert held["source"] == {"kind": "speech", "sentences": ["Xin chào.", "Mời họp."], "voices": ["a", "b"]}
    assert set(held) == {
        "v", "source", "title", "programme", "repeat", "gap_ms", "lead", "horn", "mastering", "ffmpeg"
    }  # fmt: skip


@pytest.mark.parametrize("change", [{"lead": "chime"}, {"horn": True}])
def test_the_tone_and_the_horn_count(change: dict[str, Any]) -> None:
    plain = Recipe.of("Mời họp.", title="Thử", programme=None, voices=("a",))
    other = Recipe.of("Mời họp.", title="Thử", programme=None, voices=("a",), **change)
    assert other.sha256 != plain.sha256


def test_a_tone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="còi"):
        Recipe.of_recording("a" * 64, title="Thử", programme=None, lead="còi")


def test_the_build_that_makes_it_is_put_in() -> None:
    old = Recipe.parse(FIRST)
    assert (old.by_this_build().ffmpeg, old.by_this_build().mastering) == (ffmpeg.build(), mastering.VERSION)


@pytest.mark.parametrize(("repeat", "voices"), [(0, ("a",)), (4, ("a",)), (1, ())])
def test_what_cannot_be_made_is_refused(repeat: int, voices: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError):
        make_recipe(repeat=repeat, voices=voices)


def test_the_wording_it_belongs_to_counts_and_one_of_none_is_named_as_before() -> None:
    mine = Recipe.of("Mời họp.", title="Thử", programme=None, voices=("a",), revision=7)
    other = Recipe.of("Mời họp.", title="Thử", programme=None, voices=("a",))
    assert (Recipe.parse(mine.text), "revision" in json.loads(other.text)) == (mine, False)
    assert mine.sha256 != other.sha256
