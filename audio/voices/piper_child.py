"""Utterances by piper: a process that holds the voice, because loading it takes longer than speaking.

Wish: `{"text", "model", "sha256", "limit_s"}`; answer: `{"rate"}` and s16le samples.
Usage: `python -m audio.voices.piper_child IDLE_SECONDS`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from piper import PiperVoice, SynthesisConfig

from audio.voices.standing import Answer, answer_wishes

# Without its noise the engine says the same words in the same way, each time and in every process.
MANNER = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
_MARKS_OF_RAW_PHONEMES = str.maketrans("[]", "  ")


@functools.lru_cache(maxsize=1)
def loaded(model: str, _sha256: str) -> PiperVoice:
    """Return the voice; another file, or another content of it, is loaded anew."""
    return PiperVoice.load(model)


def answer(wish: Mapping[str, Any]) -> Answer:
    """Speak the text of the wish."""
    voice = loaded(wish["model"], wish["sha256"])
    text = wish["text"].translate(_MARKS_OF_RAW_PHONEMES)
    samples = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(text, MANNER))
    return Answer({"rate": voice.config.sample_rate}, samples)


if __name__ == "__main__":
    answer_wishes(answer)
