"""What `loaphuong say` does: text to one finished clip in a file, with no database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.composing import OnSentence, compose
from audio.files import told, write_whole
from audio.reading import read
from audio.recipe import Recipe
from audio.voices.base import Voice
from audio.voices.registry import Voices
from audio.voices.rules import allowed
from content.errors import InvalidInputError, UnavailableError

_TITLE_LENGTH = 80


@dataclass(frozen=True)
class Said:
    """The clip that was made: which voice spoke, seconds, LUFS of the decoded file, sha256 of its bytes.

    `kept_from` are the voices that were not asked because the words must not leave this machine;
    `why_fallback` tells in Vietnamese why an earlier voice of the order did not speak.
    """

    voice: str
    seconds: float
    lufs: float
    sha256: str
    kept_from: tuple[str, ...] = ()
    why_fallback: str | None = None


def say(
    text: str,
    out: Path,
    *,
    voices: Voices,
    order: Sequence[str] = (),
    internal: bool = False,
    personal_data_meant: bool = False,
    horn: bool = False,
    on_sentence: OnSentence = lambda _done, _total, _made_ms: None,
) -> Said:
    """Write `text` as a clip to `out`, by the first voice of `order` (default: the settings') that can speak.

    `horn` shapes the sound for horn loudspeakers; `on_sentence` is told of the progress, as composing tells
    it.
    Words that are `internal`, or hold personal data that is not said to be meant, go to no voice that sends
    them out.  Raises InvalidInputError when there is nothing to say, no such folder, or every voice of the
    order would send out words that must stay; UnavailableError when no voice can speak now; `out` is then
    untouched.
    """
    if not out.parent.is_dir():
        raise InvalidInputError("Không có thư mục {folder} để ghi tệp.", field="out", folder=out.parent)
    wanted = [voices.get(name) for name in order or voices.names]
    reading = read(text)
    private = any(warning.code == "personal_data" for warning in reading.warnings)
    may = _may(wanted, internal=internal, personal_data_open=private and not personal_data_meant)
    names = [voice.name for voice in may]
    recipe = Recipe.of(reading.spoken, title=_title(text), programme=None, voices=names, horn=horn)
    made = compose(recipe, voices, on_sentence)
    try:
        write_whole(out, made.master.data)
    except OSError as error:
        raise UnavailableError("Không ghi được {file}: {why}.", file=out, why=told(error)) from error
    sha256, heard = hashlib.sha256(made.master.data).hexdigest(), made.master.loudness
    kept_from = tuple(voice.name for voice in wanted if voice not in may)
    return Said(
        made.reel.voice, heard.duration_ms / 1000, heard.lufs, sha256, kept_from, made.reel.why_fallback
    )


def _may(wanted: list[Voice], *, internal: bool, personal_data_open: bool) -> list[Voice]:
    """Return those of the wanted voices that may be given the words; InvalidInputError when none may."""
    may = allowed(wanted, internal=internal, personal_data_open=personal_data_open)
    if not may:
        raise InvalidInputError(
            "Văn bản này không được rời khỏi máy (nội bộ, hoặc có dữ liệu cá nhân), mà giọng {names} gửi "
            "chữ ra ngoài. Hãy chọn giọng đọc tại máy.",
            field="voice",
            names=", ".join(voice.name for voice in wanted),
        )
    return may


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1] + "…"
