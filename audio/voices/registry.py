"""The voices of this installation, in the order the settings state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audio.voices.base import Voice
from audio.voices.engines import engines, load
from content.clock import Clock
from content.errors import ConfigurationError, InvalidInputError
from content.settings import Settings


class Voices:
    """Voices by name, in the order in which they are tried."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = {voice.name: voice for voice in voices}

    def __iter__(self) -> Iterator[Voice]:
        return iter(self._voices.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names, the first choice first."""
        return tuple(self._voices)

    def get(self, name: str) -> Voice:
        """Return one voice; InvalidInputError when there is none of that name."""
        try:
            return self._voices[name]
        except KeyError:
            raise InvalidInputError(
                "Không có giọng đọc “{name}”. Các giọng đang dùng: {names}.",
                field="voice",
                name=name,
                names=", ".join(self._voices),
            ) from None

    def in_order(self, names: Sequence[str]) -> list[Voice]:
        """Return those of the named voices that are still here, in the order of `names`."""
        return [self._voices[name] for name in names if name in self._voices]


def voices_of(settings: Settings, clock: Clock) -> Voices:
    """Build the voices that `LOAPHUONG_VOICES` names; ConfigurationError for a name nobody knows.

    An engine that cannot be loaded is among them, listed with its error.
    """
    known = engines()
    unknown = [name for name in settings.voices if name not in known]
    if unknown or not settings.voices:
        raise ConfigurationError(
            "LOAPHUONG_VOICES: không có giọng “{unknown}”. Có thể chọn: {known}.",
            unknown=", ".join(unknown),
            known=", ".join(known),
        )
    return Voices([load(known[name], settings, clock) for name in settings.voices])


def others(voices: Voices) -> list[str]:
    """Return the names of engines that are installed and not among the voices in use."""
    return sorted(engines().keys() - set(voices.names))
