"""A recipe: everything that a clip's bytes depend on, as canonical JSON; the hour is no part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audio import ffmpeg, mastering
from audio.plain_text import plain, sayable
from audio.reading import sentences
from content.contracts import lpjson
from content.errors import InvalidInputError

VERSION = 1
MOST_REPEATS = 5


@dataclass(frozen=True)
class Recipe:
    """The sentences as they will be said, the voices in the order they are tried, tags and mastering."""

    sentences: tuple[str, ...]
    voices: tuple[str, ...]
    title: str
    programme: str | None
    repeat: int
    mastering: int
    ffmpeg: str

    @property
    def text(self) -> str:
        """The recipe as it is stored and hashed (LP-JSON)."""
        return lpjson.encode(
            {
                "v": VERSION,
                "sentences": list(self.sentences),
                "voices": list(self.voices),
                "title": self.title,
                "programme": self.programme,
                "repeat": self.repeat,
                "mastering": self.mastering,
                "ffmpeg": self.ffmpeg,
            }
        ).decode()

    @property
    def sha256(self) -> str:
        """The name of the recipe."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def of(
        cls,
        spoken: str,
        *,
        title: str,
        programme: str | None,
        voices: Sequence[str],
        repeat: int = 1,
    ) -> Recipe:
        """Return the recipe for spoken words on this machine; InvalidInputError when nothing can be said."""
        said = tuple(plain(one) for one in sentences(spoken) if sayable(one))
        if not said:
            raise InvalidInputError("Bản đọc không có chữ nào để đọc.", field="text")
        if not 1 <= repeat <= MOST_REPEATS:
            raise InvalidInputError("Số lần đọc phải từ 1 đến {most}.", field="repeat", most=MOST_REPEATS)
        if not voices:
            raise InvalidInputError("Chưa chọn giọng đọc nào.", field="voice")
        return cls(said, tuple(voices), plain(title), programme, repeat, mastering.VERSION, ffmpeg.build())

    @classmethod
    def parse(cls, text: str) -> Recipe:
        """Read a stored recipe."""
        held: dict[str, Any] = lpjson.decode(text.encode())
        return cls(
            sentences=tuple(held["sentences"]),
            voices=tuple(held["voices"]),
            title=held["title"],
            programme=held["programme"],
            repeat=held["repeat"],
            mastering=held["mastering"],
            ffmpeg=held["ffmpeg"],
        )
