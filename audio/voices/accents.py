"""eSpeak NG under its three names: the northern, central and southern accents."""

from __future__ import annotations

from audio.voices.base import Voice
from audio.voices.espeak import EspeakVoice
from content.clock import Clock
from content.settings import Settings


def northern(_settings: Settings, _clock: Clock) -> Voice:
    """Return the voice `espeak`."""
    return EspeakVoice()


def central(_settings: Settings, _clock: Clock) -> Voice:
    """Return the voice `espeak-trung`."""
    return EspeakVoice("central")


def southern(_settings: Settings, _clock: Clock) -> Voice:
    """Return the voice `espeak-nam`."""
    return EspeakVoice("south")
