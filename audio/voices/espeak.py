"""eSpeak NG from the wheel espeakng-loader: the voice that needs no network, in three accents."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from typing import Literal

from audio.pcm import Pcm
from audio.voices import espeak_launcher
from audio.voices.base import Availability, checked_text
from content.text import msgid

WORDS_PER_MINUTE = 115
AccentName = Literal["north", "central", "south"]


@dataclass(frozen=True)
class Accent:
    """An accent: the name that settings use, the engine's own voice, the name that people see."""

    name: str
    variant: str
    title: str


ACCENTS: dict[AccentName, Accent] = {
    "north": Accent("espeak", "vi+f5", msgid("eSpeak NG (máy đọc, không cần mạng)")),
    "central": Accent(
        "espeak-trung", "vi-vn-x-central+f5", msgid("eSpeak NG giọng miền Trung (máy đọc, không cần mạng)")
    ),
    "south": Accent(
        "espeak-nam", "vi-vn-x-south+f5", msgid("eSpeak NG giọng miền Nam (máy đọc, không cần mạng)")
    ),
}


class EspeakVoice:
    """A robot's voice, always there."""

    licence = "GPL-3.0-or-later"
    sends_text_out = False

    def __init__(self, accent: AccentName = "north") -> None:
        chosen = ACCENTS[accent]
        self.name = chosen.name
        self.title = chosen.title
        self._variant = chosen.variant

    @functools.cached_property
    def fingerprint(self) -> str:
        """Wheel version and manner."""
        version = importlib.metadata.version("espeakng-loader")
        return f"espeak {version} {self._variant}/{WORDS_PER_MINUTE}"

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance, spoken in a process of its own."""
        return espeak_launcher.speak(
            checked_text(text), voice=self._variant, words_per_minute=WORDS_PER_MINUTE, limit_s=limit_s
        )

    def availability(self) -> Availability:
        """Look whether the wheel is installed."""
        if importlib.util.find_spec("espeakng_loader") is None:
            return Availability(False, "chưa cài gói espeakng-loader trên máy này")
        return Availability(True, "có sẵn trên máy")
