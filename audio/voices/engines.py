"""Finds engines by the entry points `loaphuong.voices`: name -> factory `(settings, clock) -> Voice`.

What somebody else's engine does wrong is told where voices are listed and silences that engine only.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from audio.pcm import Pcm
from audio.voices.base import Availability, Voice
from content.clock import Clock
from content.errors import LoaPhuongError, UnavailableError
from content.settings import Settings

GROUP = "loaphuong.voices"
OUR_DISTRIBUTION = "loaphuong"
Factory = Callable[[Settings, Clock], Voice]
_TOLD = ("name", "title", "fingerprint", "licence", "sends_text_out", "speak", "availability")
_log = logging.getLogger(__name__)


class BrokenVoice:
    """Stands for an engine that could not be loaded: listed with its error, and never speaks."""

    fingerprint = ""
    licence = ""
    sends_text_out = False

    def __init__(self, name: str, error: str) -> None:
        self.name = self.title = name
        self._error = error

    def speak(self, text: str, *, limit_s: float) -> Pcm:  # noqa: ARG002 (it says nothing)
        """Raise UnavailableError."""
        raise UnavailableError("Giọng {voice} không nạp được: {reason}.", voice=self.name, reason=self._error)

    def availability(self) -> Availability:
        """Tell the error."""
        return Availability(False, f"không nạp được: {self._error}")


class GuardedVoice:
    """Somebody else's engine: whatever it raises when it is asked is a voice that cannot speak now."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.name = voice.name
        self.title = voice.title
        self.licence = voice.licence
        self.sends_text_out = voice.sends_text_out

    @property
    def fingerprint(self) -> str:
        """What the engine says its sound depends on."""
        with _guarding(self.name):
            return self._voice.fingerprint

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return the engine's utterance, as the protocol says."""
        with _guarding(self.name):
            return _sounding(self._voice.speak(text, limit_s=limit_s))

    def availability(self) -> Availability:
        """Return what the engine says, or its error."""
        try:
            with _guarding(self.name):
                return self._voice.availability()
        except LoaPhuongError as error:
            return Availability(False, str(error))


def engines() -> dict[str, EntryPoint]:
    """Return the engines by name; a name of ours is never taken over by somebody else's."""
    found = sorted(entry_points(group=GROUP), key=_is_ours)
    return {entry.name: entry for entry in found}


def load(entry: EntryPoint, settings: Settings, clock: Clock) -> Voice:
    """Return the engine's voice.  Ours may raise ConfigurationError; anybody else's is broken instead."""
    try:
        voice = _checked(cast("Factory", entry.load())(settings, clock), entry.name)
    except LoaPhuongError as error:
        if _is_ours(entry):
            raise
        return BrokenVoice(entry.name, str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (an engine of anybody's may raise anything)
        _log.info("the engine %s (%s) could not be loaded", entry.name, entry.value, exc_info=True)
        return BrokenVoice(entry.name, f"{type(error).__name__}: {error}")
    return voice if _is_ours(entry) else GuardedVoice(voice)


def _checked(voice: Voice, entry: str) -> Voice:
    missing = [name for name in _TOLD if inspect.getattr_static(voice, name, None) is None]
    if missing:
        raise TypeError(f"no voice: it has no {', '.join(missing)}")
    if voice.name != entry:
        raise TypeError(f"it calls itself {voice.name!r}, its entry point {entry!r}")
    return voice


def _sounding(pcm: object) -> Pcm:
    if not (isinstance(pcm, Pcm) and pcm.samples and pcm.rate > 0):
        raise TypeError(f"no sound came of it, but {type(pcm).__name__}")
    return pcm


def _is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == OUR_DISTRIBUTION


@contextmanager
def _guarding(name: str) -> Iterator[None]:
    try:
        yield
    except LoaPhuongError:
        raise
    except (Exception, SystemExit) as error:
        _log.info("the engine %s failed", name, exc_info=True)
        raise UnavailableError(
            "Giọng {voice} lỗi: {reason}.", voice=name, reason=f"{type(error).__name__}: {error}"
        ) from error
