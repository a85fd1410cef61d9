"""From a recipe to a clip, with no database."""

from __future__ import annotations

import pytest

from audio.composing import render
from audio.library import Library
from audio.recipe import Recipe
from audio.voices.registry import Voices
from content.errors import UnavailableError
from tests.audio.fake_voice import HummingVoice


def make_recipe(*voices: str) -> Recipe:
    return Recipe.of("Câu một dài hơn chút. Câu hai ngắn.", title="Thử", programme=None, voices=voices)


def test_facts_are_those_of_the_file(library: Library) -> None:
    facts = render(make_recipe("hum"), Voices([HummingVoice()]), library, lambda *_: None)
    path = library.open_clip(facts.sha256)
    assert (facts.bytes, facts.voice, facts.media_type) == (path.stat().st_size, "hum", "audio/mpeg")
    assert abs(facts.loudness_mlu + 16_000) <= 1000


def test_every_sentence_and_round_is_told(library: Library) -> None:
    told: list[tuple[int, int, int]] = []
    render(make_recipe("hum"), Voices([HummingVoice()]), library, lambda *step: told.append(step))
    assert told[:2] == [(1, 2, 1000), (2, 2, 1600)]
    assert set(told[2:]) == {(2, 2, 1600)}


@pytest.mark.parametrize("lever", ["available", "fails_on"])
def test_the_second_voice_speaks_when_the_first_cannot(library: Library, lever: str) -> None:
    first, second = HummingVoice("first"), HummingVoice("second")
    setattr(first, lever, {"available": False, "fails_on": "hai"}[lever])
    facts = render(make_recipe("first", "second"), Voices([first, second]), library, lambda *_: None)
    assert (facts.voice, len(second.said)) == ("second", 2)


def test_when_nobody_can_speak_each_says_why(library: Library) -> None:
    first, second = HummingVoice("first"), HummingVoice("second")
    first.available, second.fails_on = False, "Câu"
    with pytest.raises(UnavailableError, match=r"first: .*second: "):
        render(make_recipe("first", "second"), Voices([first, second]), library, lambda *_: None)
    assert not library.folder.exists()
