"""From a recipe to a clip, with no database."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from audio import ffmpeg
from audio.composing import RECORDING, Composed, compose, render
from audio.library import Library
from audio.pcm import Pcm
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.voices.espeak import EspeakVoice
from audio.voices.registry import Voices
from content.errors import NotFoundError, UnavailableError
from tests.audio.fake_voice import HummingVoice, hum


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
    # The two are spoken side by side: either may be the first to end.
    assert told[:2] in [[(1, 2, made_ms), (2, 2, 1600)] for made_ms in (600, 1000)]
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
    with pytest.raises(UnavailableError, match=r"Chưa giọng nào.*: thử; .*: Giọng thử không đọc được"):
        render(make_recipe("first", "second"), Voices([first, second]), library, lambda *_: None)
    assert not library.folder.exists()


def made(sentence_count: int = 6, **how: Any) -> tuple[Composed, HummingVoice]:
    """Compose so many sentences; the first ones take longest, so that they end last."""
    voice = HummingVoice()
    words = " ".join(f"Câu số {number} dài hơn chút." for number in range(1, sentence_count + 1))
    recipe = Recipe.of(words, title="Thử", programme=None, voices=("hum",), **how.pop("recipe", {}))
    return compose(recipe, Voices([voice]), lambda *_: None, **how), voice


def test_sentences_are_laid_in_their_order_however_they_end() -> None:
    late, voice = threading.Event(), HummingVoice()

    def last_first(text: str) -> None:
        late.wait(10) if "một" in text else late.set()

    voice.before = last_first
    recipe = Recipe.of("Câu một rất dài hơn chút. Câu hai.", title="", programme=None, voices=("hum",))
    first, second = compose(recipe, Voices([voice]), lambda *_: None).reel.timing
    assert (first[2], second[2]) == (0, 1)
    assert first[1] - first[0] > second[1] - second[0]


def test_timing_holds_in_the_finished_file() -> None:
    """Each sentence's loud samples, decoded, begin and end where the map says."""
    composed, _ = made(3, recipe={"repeat": 2})
    decoded = ffmpeg.decode(composed.master.data)
    samples = memoryview(decoded.samples).cast("h")
    for start_ms, end_ms, _, _ in composed.reel.timing:
        inside = samples[(start_ms + 10) * 24 : (end_ms - 10) * 24]
        before = samples[(start_ms - 60) * 24 : (start_ms - 15) * 24]
        behind = samples[(end_ms + 15) * 24 : (end_ms + 60) * 24]
        assert max(before) < max(inside) / 4 > max(behind)


def test_every_reading_of_every_sentence_has_its_place() -> None:
    composed, _ = made(3, recipe={"repeat": 2})
    assert [one[2:] for one in composed.reel.timing] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
    assert composed.reel.timing[-1][1] < composed.master.loudness.duration_ms


@pytest.mark.parametrize("lead", ["chime", "attention"])
def test_a_tone_goes_before_the_words(lead: str) -> None:
    composed, _ = made(1, recipe={"lead": lead})
    assert composed.reel.timing[0][0] > 2400


def test_peaks_are_few_and_whole() -> None:
    composed, _ = made()
    assert (len(composed.peaks), max(composed.peaks), min(composed.peaks)) == (800, 100, 0)


def test_a_second_pass_speaks_nothing(tmp_path: Path) -> None:
    cache = PcmCache(tmp_path)
    first, second = made(cache=cache), made(cache=cache)
    assert (first[0].reel.spoken, first[0].reel.cached) == (6, 0)
    assert (second[0].reel.spoken, second[0].reel.cached, second[1].said) == (0, 6, [])


def test_the_same_recipe_on_the_same_build_gives_the_same_bytes() -> None:
    """However the threads fall; by the real voice."""
    recipe = Recipe.of(
        "Mời bà con ra họp. Xin cảm ơn.", title="Họp", programme="01", voices=("espeak",), repeat=2
    )
    espeak = Voices([EspeakVoice()])
    assert len({compose(recipe, espeak, lambda *_: None).master.data for _ in range(3)}) == 1


class OneRecording:
    """Holds one recording, named by a hash."""

    def pcm(self, sha256: str) -> Pcm:
        """Return the sound, or raise NotFoundError."""
        if sha256 != "a" * 64:
            raise NotFoundError("Không có.")
        return hum(4)


def test_a_recording_is_mastered_like_a_voice() -> None:
    recipe = Recipe.of_recording("a" * 64, title="Thử", programme=None)
    told: list[tuple[int, int, int]] = []
    composed = compose(recipe, Voices([]), lambda *step: told.append(step), recordings=OneRecording())
    assert (composed.voice, composed.reel.timing, told[0]) == (RECORDING, (), (1, 1, 4000))
    assert composed.master.loudness.lufs == pytest.approx(-16, abs=0.5)


def test_a_recording_that_is_gone_is_told() -> None:
    recipe = Recipe.of_recording("b" * 64, title="Thử", programme=None)
    with pytest.raises(NotFoundError):
        compose(recipe, Voices([]), lambda *_: None, recordings=OneRecording())
