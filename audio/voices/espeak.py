"""eSpeak NG from the wheel espeakng-loader: the voice that needs no network."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util

from audio.pcm import Pcm
from audio.voices.base import Availability, checked_text
from audio.voices.child import run_child
from content.errors import UnavailableError
from content.text import msgid

_MODULE = "audio.voices.espeak_child"
VARIANT = "vi+f5"
WORDS_PER_MINUTE = 115


class EspeakVoice:
    """A robot's voice, always there."""

    name = "espeak"
    title = msgid("eSpeak NG (máy đọc, không cần mạng)")
    licence = "GPL-3.0-or-later"
    sends_text_out = False

    @functools.cached_property
    def fingerprint(self) -> str:
        """Wheel version and manner."""
        version = importlib.metadata.version("espeakng-loader")
        return f"espeak {version} {VARIANT}/{WORDS_PER_MINUTE}"

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance, spoken in a process of its own."""
        given = checked_text(text).encode()
        manner = (VARIANT, str(WORDS_PER_MINUTE))
        printed = run_child(_MODULE, given, manner, limit_s=limit_s, voice=self.name)
        rate, _, samples = printed.partition(b"\n")
        if not samples or not rate.isdigit():
            raise UnavailableError("Giọng espeak không phát ra tiếng nào.")
        return Pcm(samples, int(rate))

    def availability(self) -> Availability:
        """Look whether the wheel is installed."""
        if importlib.util.find_spec("espeakng_loader") is None:
            return Availability(False, "chưa cài gói espeakng-loader trên máy này")
        return Availability(True, "có sẵn trên máy")
