"""The voices of an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.voices.registry import Voices, others, voices_of
from content.clock import SteppedClock
from content.errors import ConfigurationError, InvalidInputError
from content.settings import Settings
from tests.audio.fake_voice import HummingVoice


@pytest.mark.parametrize("order", [("gtts", "espeak"), ("espeak", "gtts"), ("espeak",)])
def test_the_settings_order_counts(order: tuple[str, ...], clock: SteppedClock, tmp_path: Path) -> None:
    assert voices_of(Settings(voices=order, data_dir=tmp_path), clock).names == order


@pytest.mark.parametrize("order", [("siri",), ("espeak", "siri"), ()])
def test_unknown_voices_are_refused(order: tuple[str, ...], clock: SteppedClock, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        voices_of(Settings(voices=order, data_dir=tmp_path), clock)


def test_other_voices_of_the_house_can_be_chosen(clock: SteppedClock, tmp_path: Path) -> None:
    voices = voices_of(Settings(voices=("espeak",), data_dir=tmp_path), clock)
    assert [voice.name for voice in voices] == ["espeak", "espeak-nam", "espeak-trung"]
    assert voices.get("espeak-nam").name == "espeak-nam"
    assert {"gtts", "piper"} <= set(others(voices))


def test_who_chooses_wrongly_is_told_what_there_is() -> None:
    with pytest.raises(InvalidInputError, match="Có thể chọn: a, b"):
        Voices([HummingVoice("a")], [HummingVoice("b")]).get("siri")


def test_voices_that_are_gone_are_left_out_of_a_recipes_order() -> None:
    voices = Voices([HummingVoice("a"), HummingVoice("b")])
    assert [voice.name for voice in voices.in_order(("b", "gone", "a"))] == ["b", "a"]


def test_a_voice_nobody_knows_is_named() -> None:
    with pytest.raises(InvalidInputError, match="siri"):
        Voices([HummingVoice("a")]).get("siri")
