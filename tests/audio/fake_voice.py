"""A voice with levers: it hums, counts what it is asked, and fails when told to."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from audio.pcm import Pcm
from audio.voices.base import Availability
from content.errors import UnavailableError

RATE = 8000


class HummingVoice:
    """Hums a tone for every word.

    Levers: `available`, `fails_on` (a word of the sentence it refuses), `before` (called with each text),
    `sends_text_out`.
    """

    def __init__(self, name: str = "hum") -> None:
        self.name = name
        self.title = "Giọng thử"
        self.fingerprint = f"{name} 1"
        self.licence = "CC0-1.0"
        self.sends_text_out = False
        self.available = True
        self.fails_on: str | None = None
        self.before: Callable[[str], None] = lambda _text: None
        self.said: list[str] = []

    def speak(self, text: str, *, limit_s: float) -> Pcm:  # noqa: ARG002 (it never takes long)
        """Hum 0.2 s a word."""
        self.before(text)
        if self.fails_on and self.fails_on in text:
            raise UnavailableError("Giọng thử không đọc được.")
        self.said.append(text)
        return hum(0.2 * len(text.split()))

    def availability(self) -> Availability:
        """Say what the lever says."""
        return Availability(self.available, "thử")


def hum(seconds: float, *, hertz: float = 440.0, height: int = 8000) -> Pcm:
    """Return a tone."""
    wave = (round(height * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE)))
    return Pcm(b"".join(struct.pack("<h", value) for value in wave), RATE)
