"""The offline voice, the real one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from audio.pcm import Pcm
from audio.voices.espeak import ACCENTS, AccentName, EspeakVoice
from content.errors import InvalidInputError, UnavailableError


def test_it_speaks(speech: Pcm) -> None:
    assert speech.rate == 22_050
    assert 2_000 < speech.duration_ms < 5_000


def test_many_may_speak_at_once_and_the_same_words_sound_the_same() -> None:
    voice = EspeakVoice()
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda _n: voice.speak("Xin chào bà con.", limit_s=30), range(8)))
    assert len(set(heard)) == 1


def test_the_accents_have_names_and_sounds_of_their_own() -> None:
    voices = [EspeakVoice(accent=accent) for accent in ACCENTS]
    said = {voice.speak("Xin chào bà con tổ dân phố.", limit_s=20).samples for voice in voices}
    assert [voice.name for voice in voices] == ["espeak", "espeak-trung", "espeak-nam"]
    assert (len(said), len({voice.fingerprint for voice in voices})) == (3, 3)


@pytest.mark.parametrize("accent", ACCENTS)
def test_the_same_words_sound_the_same(accent: AccentName) -> None:
    first, second = (EspeakVoice(accent=accent).speak("Xin chào bà con.", limit_s=20) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", ["", " \t ", "...", "\x00", "—"])
def test_nothing_to_say_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        EspeakVoice().speak(text, limit_s=5)


def test_an_endless_sentence_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="tách"):
        EspeakVoice().speak("a " * 3000, limit_s=5)


@pytest.mark.parametrize(
    "text",
    ["-v en xin chào", "<voice name='en'>xin</voice>", "[[h@l'oU]] xin", "xin\x00chào", "$(id) `id` xin"],
)
def test_odd_text_is_only_text(text: str) -> None:
    assert EspeakVoice().speak(text, limit_s=20).duration_ms > 200


def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(UnavailableError):
        EspeakVoice().speak("xin chào " * 400, limit_s=0.02)


def test_it_can_always_speak() -> None:
    assert EspeakVoice().availability().can_speak
