"""The voices of this installation: those tried by themselves, in the settings' order, and the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint

from audio.voices.base import Voice
from audio.voices.engines import engines, load
from content.clock import Clock
from content.errors import ConfigurationError, InvalidInputError
from content.settings import Settings


class Voices:
    """Voices by name: `ordered` are tried by themselves, first choice first, `others` only when asked for."""

    def __init__(self, ordered: Sequence[Voice], others: Sequence[Voice] = ()) -> None:
        self._voices = {voice.name: voice for voice in (*ordered, *others)}
        self._ordered = tuple(voice.name for voice in ordered)

    def __iter__(self) -> Iterator[Voice]:
        """Give all that can be chosen, those tried by themselves first."""
        return iter(self._voices.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those tried by themselves, the first choice first."""
        return self._ordered

    def get(self, name: str) -> Voice:
        """Return one voice; InvalidInputError when there is none of that name."""
        try:
            return self._voices[name]
        except KeyError:
            raise InvalidInputError(
                "Không có giọng đọc “{name}”. Có thể chọn: {names}.",
                field="voice",
                name=name,
                names=", ".join(self._voices),
            ) from None

    def in_order(self, names: Sequence[str]) -> list[Voice]:
        """Return those of the named voices that are still here, in the order of `names`."""
        return [self._voices[name] for name in names if name in self._voices]


def voices_of(settings: Settings, clock: Clock) -> Voices:
    """Build the voices that `LOAPHUONG_VOICES` names; ConfigurationError for a name nobody knows.

    An engine that cannot be loaded is among them, listed with its error.  What else is installed can be
    chosen by name if it can speak here and sends nothing out: words leave the house by setting only.
    """
    known = engines()
    unknown = [name for name in settings.voices if name not in known]
    if unknown or not settings.voices:
        raise ConfigurationError(
            "LOAPHUONG_VOICES: không có giọng “{unknown}”. Có thể chọn: {known}.",
            unknown=", ".join(unknown),
            known=", ".join(known),
        )
    ordered = [load(known[name], settings, clock) for name in settings.voices]
    return Voices(
        ordered,
        [
            voice
            for name in known
            if name not in settings.voices and (voice := _usable(known[name], settings, clock))
        ],
    )


def others(voices: Voices) -> list[str]:
    """Return the names of engines that are installed and cannot be chosen here as they stand."""
    return sorted(engines().keys() - {voice.name for voice in voices})


def _usable(entry: EntryPoint, settings: Settings, clock: Clock) -> Voice | None:
    """Return a voice that nobody named, if it can speak here at once; None where its settings are wrong."""
    try:
        voice = load(entry, settings, clock)
    except ConfigurationError:
        return None
    return None if voice.sends_text_out or not voice.availability().can_speak else voice
