"""What every voice is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from audio.pcm import Pcm
from audio.plain_text import plain, sayable
from content.errors import InvalidInputError

TEXT_LIMIT = 4000


@dataclass(frozen=True)
class Availability:
    """Whether a voice can speak now, and in Vietnamese why not (or a note, when it can)."""

    can_speak: bool
    why: str


class Voice(Protocol):
    """Speaks Vietnamese text that is already written as it is to be said."""

    @property
    def name(self) -> str:
        """The short ASCII name that settings and rows use."""
        ...

    @property
    def title(self) -> str:
        """The Vietnamese name that people see."""
        ...

    @property
    def fingerprint(self) -> str:
        """What the sound depends on besides the text: engine, version, manner."""
        ...

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance.

        Raises InvalidInputError for text that nobody can say, UnavailableError when the voice cannot
        speak now or has not answered after `limit_s` seconds.
        """
        ...

    def availability(self) -> Availability:
        """Tell at once, asking no network, whether `speak` is worth trying."""
        ...


def checked_text(text: str) -> str:
    """Return one utterance in NFC without control characters; InvalidInputError when nothing can be said."""
    bare = plain(text)
    if not sayable(bare):
        raise InvalidInputError("Không có chữ nào để đọc.", field="text")
    if len(bare) > TEXT_LIMIT:
        raise InvalidInputError(
            "Một câu dài {count} ký tự, quá {limit}. Hãy tách thành nhiều câu.",
            field="text",
            count=len(bare),
            limit=TEXT_LIMIT,
        )
    return bare
