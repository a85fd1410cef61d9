"""A recipe: everything that a clip's bytes depend on, as canonical JSON; the hour is no part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from audio import ffmpeg, mastering
from audio.plain_text import plain, sayable
from audio.reading import sentences
from content.contracts import lpjson
from content.errors import InvalidInputError

VERSION = 2
MOST_REPEATS = 3
GAP_MS = 1200
LEADS = ("chime", "attention")


@dataclass(frozen=True)
class Recipe:
    """What sounds (sentences and the voices in the order they are tried, or a recording), and how.

    `recording` is the sha256 of the uploaded bytes, None for speech; `lead` is the tone before the words
    (one of `LEADS`, or None); `gap_ms` the rest between two of `repeat` readings; `horn` the speech band
    for horn loudspeakers; `mastering` and `ffmpeg` name the build.  `revision` is the id of the wording it
    belongs to, None for words of nobody's (a voice's sample) and in recipes older than that part.
    """

    sentences: tuple[str, ...]
    voices: tuple[str, ...]
    title: str
    programme: str | None
    repeat: int
    mastering: int
    ffmpeg: str
    recording: str | None = None
    gap_ms: int = GAP_MS
    lead: str | None = None
    horn: bool = False
    revision: int | None = None

    @property
    def text(self) -> str:
        """The recipe as it is stored and hashed (LP-JSON); one of no wording does not speak of it."""
        held: dict[str, object] = {
            "v": VERSION,
            "source": self._source(),
            "title": self.title,
            "programme": self.programme,
            "repeat": self.repeat,
            "gap_ms": self.gap_ms,
            "lead": self.lead,
            "horn": self.horn,
            "mastering": self.mastering,
            "ffmpeg": self.ffmpeg,
        }
        return lpjson.encode(held if self.revision is None else {**held, "revision": self.revision}).decode()

    @property
    def sha256(self) -> str:
        """The name of the recipe."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def wanted_voice(self) -> str | None:
        """The first choice; a clip that another voice spoke is a fallback.  A recording wants none."""
        return next(iter(self.voices), None)

    @property
    def steps(self) -> int:
        """How many pieces a worker counts: the sentences, or one recording."""
        return len(self.sentences) or 1

    @classmethod
    def of(
        cls,
        spoken: str,
        *,
        title: str,
        programme: str | None,
        voices: Sequence[str],
        repeat: int = 1,
        lead: str | None = None,
        horn: bool = False,
        revision: int | None = None,
    ) -> Recipe:
        """Return the recipe for spoken words on this machine; InvalidInputError when nothing can be said."""
        said = tuple(plain(one) for one in sentences(spoken) if sayable(one))
        if not said:
            raise InvalidInputError("Bản đọc không có chữ nào để đọc.", field="text")
        if not voices:
            raise InvalidInputError("Chưa chọn giọng đọc nào.", field="voice")
        return _checked(
            cls(
                said,
                tuple(voices),
                plain(title),
                programme,
                repeat,
                mastering.VERSION,
                ffmpeg.build(),
                lead=lead,
                horn=horn,
                revision=revision,
            )
        )

    @classmethod
    def of_recording(
        cls,
        sha256: str,
        *,
        title: str,
        programme: str | None,
        repeat: int = 1,
        lead: str | None = None,
        horn: bool = False,
        revision: int | None = None,
    ) -> Recipe:
        """Return the recipe for an uploaded recording, named by the sha256 of its bytes."""
        build = ffmpeg.build()
        made = cls((), (), plain(title), programme, repeat, mastering.VERSION, build, recording=sha256)
        return _checked(replace(made, lead=lead, horn=horn, revision=revision))

    @classmethod
    def parse(cls, text: str) -> Recipe:
        """Read a stored recipe, of this version or the first."""
        held: dict[str, Any] = lpjson.decode(text.encode())
        source = held.get("source", held)
        return cls(
            sentences=tuple(source.get("sentences", ())),
            voices=tuple(source.get("voices", ())),
            title=held["title"],
            programme=held["programme"],
            repeat=held["repeat"],
            mastering=held["mastering"],
            ffmpeg=held["ffmpeg"],
            recording=source.get("sha256"),
            gap_ms=held.get("gap_ms", GAP_MS),
            lead=held.get("lead"),
            horn=held.get("horn", False),
            revision=held.get("revision"),
        )

    def by_this_build(self) -> Recipe:
        """Return the recipe as this machine makes it: with its own mastering and ffmpeg."""
        return replace(self, mastering=mastering.VERSION, ffmpeg=ffmpeg.build())

    def _source(self) -> dict[str, object]:
        if self.recording is not None:
            return {"kind": "recording", "sha256": self.recording}
        return {"kind": "speech", "sentences": list(self.sentences), "voices": list(self.voices)}


def _checked(recipe: Recipe) -> Recipe:
    if not 1 <= recipe.repeat <= MOST_REPEATS:
        raise InvalidInputError("Số lần đọc phải từ 1 đến {most}.", field="repeat", most=MOST_REPEATS)
    if recipe.lead is not None and recipe.lead not in LEADS:
        raise InvalidInputError("Không có tiếng báo “{lead}”.", field="lead", lead=recipe.lead)
    return recipe
