"""Which voices may speak which words: text leaves the house by rule only."""

from __future__ import annotations

from collections.abc import Iterable

from audio.voices.base import Voice


def allowed(voices: Iterable[Voice], *, internal: bool, personal_data_open: bool) -> list[Voice]:
    """Return the voices that may be given the words, in the order given.

    Internal words, and words with a personal-data warning that nobody has answered, stay in the house:
    only voices that send nothing out may speak them.  An empty list means that none may.
    """
    kept_in = internal or personal_data_open
    return [voice for voice in voices if not (kept_in and voice.sends_text_out)]
