"""Which voices may speak which words."""

from __future__ import annotations

import pytest

from audio.voices.rules import allowed
from tests.audio.fake_voice import HummingVoice


@pytest.mark.parametrize(
    ("internal", "personal_data_open", "names"),
    [
        (False, False, ["far", "near"]),
        (True, False, ["near"]),
        (False, True, ["near"]),
        (True, True, ["near"]),
    ],
)
def test_words_that_are_to_stay_go_to_no_voice_outside(
    internal: bool, personal_data_open: bool, names: list[str]
) -> None:
    far, near = HummingVoice("far"), HummingVoice("near")
    far.sends_text_out = True
    found = allowed([far, near], internal=internal, personal_data_open=personal_data_open)
    assert [voice.name for voice in found] == names


def test_there_may_be_nobody_left() -> None:
    far = HummingVoice("far")
    far.sends_text_out = True
    assert allowed([far], internal=True, personal_data_open=False) == []
