"""What every voice is: the protocol an engine fulfils, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audio.pcm import Pcm
from audio.plain_text import plain, sayable
from content.errors import InvalidInputError

TEXT_LIMIT = 4000


@dataclass(frozen=True)
class Availability:
    """Whether a voice can speak now, and in Vietnamese why not (or a note, when it can).

    `until` is the instant a rest ends; `last_spoke_at` is when it last spoke here, where that says more
    more than that it is installed; `failed_at` when and `failed_why` why an attempt after that failed.
    """

    can_speak: bool
    why: str
    until: datetime | None = None
    last_spoke_at: datetime | None = None
    failed_at: datetime | None = None
    failed_why: str = ""


class Voice(Protocol):
    """Speaks Vietnamese text that is already written as it is to be said.

    Timing: one utterance is one sentence, and its length is the number of its samples, so that a map of
    where each sentence stands in a clip is exact by construction; no voice is asked for marks of its own.
    A voice may be called by several threads at once.
    """

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
        """What the sound depends on besides the text: engine, version, manner.

        May raise UnavailableError where the voice cannot speak anyway.
        """
        ...

    @property
    def licence(self) -> str:
        """Under which terms the voice may be used, as its makers say it."""
        ...

    @property
    def sends_text_out(self) -> bool:
        """Whether the words leave this house to be spoken."""
        ...

    def speak(self, text: str, *, limit_s: float) -> Pcm:
        """Return one utterance of 1 to `TEXT_LIMIT` characters: s16le mono samples at the voice's own rate.

        Raises InvalidInputError for text that nobody can say, UnavailableError when the voice cannot
        speak now or has not answered after `limit_s` seconds, waiting for its turn included; its fact
        `reason`, if it has one, tells in Vietnamese why, without saying which voice.
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
