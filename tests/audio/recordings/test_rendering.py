"""From a recording to a clip: trimmed, repeated, mastered as any other."""

from __future__ import annotations

import io

import pytest

from audio.composing import ClipFacts, render
from audio.library import Library
from audio.recipe import Recipe
from audio.recordings.store import Recordings
from audio.voices.registry import Voices
from content.errors import NotFoundError
from tests.audio.recordings.conftest import Sounds


def made(recipe: Recipe, library: Library, store: Recordings) -> ClipFacts:
    return render(recipe, Voices([]), library, lambda *_: None, recordings=store)


@pytest.mark.parametrize("kind", ["wav", "webm"])
def test_a_recording_becomes_a_clip(library: Library, store: Recordings, sounds: Sounds, kind: str) -> None:
    taken = store.take(io.BytesIO(sounds.of(kind)))
    recipe = Recipe.of_recording(taken.sha256, title="Thông báo", programme="01")
    facts = made(recipe, library, store)
    assert (facts.voice, facts.media_type, list(facts.timing)) == ("recording", "audio/mpeg", [])
    assert abs(facts.loudness_mlu + 16_000) <= 1000
    assert made(recipe, library, store).sha256 == facts.sha256


def test_it_is_said_as_often_as_asked_after_its_tone(
    library: Library, store: Recordings, sounds: Sounds
) -> None:
    sha256 = store.take(io.BytesIO(sounds.of("mp3"))).sha256
    once, twice, chimed = (
        made(Recipe.of_recording(sha256, title="Thử", programme=None, **more), library, store).duration_ms
        for more in ({}, {"repeat": 2}, {"lead": "chime"})
    )
    assert twice > 2 * once - 800
    assert chimed > once + 500


def test_silence_around_the_words_is_cut(library: Library, store: Recordings, sounds: Sounds) -> None:
    around = ("-f", "wav", "-i", "pipe:0", "-af", "adelay=5000:all=1,apad=pad_dur=5", "-f", "flac")
    padded = store.take(io.BytesIO(sounds.encoded(around, sounds.of("wav"))))
    bare = store.take(io.BytesIO(sounds.of("wav")))
    lengths = [
        made(Recipe.of_recording(one.sha256, title="Thử", programme=None), library, store).duration_ms
        for one in (bare, padded)
    ]
    assert padded.heard.duration_ms > bare.heard.duration_ms + 9_000
    assert lengths[1] < lengths[0] + 400


def test_a_recording_that_is_gone_is_told(library: Library, store: Recordings) -> None:
    with pytest.raises(NotFoundError, match="không còn trong kho"):
        made(Recipe.of_recording("a" * 64, title="Thử", programme=None), library, store)
