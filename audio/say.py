"""What `loaphuong say` does: text to one finished clip in a file, with no database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.composing import compose
from audio.files import told, write_whole
from audio.reading import spoken
from audio.recipe import Recipe
from audio.voices.registry import Voices
from content.errors import InvalidInputError, UnavailableError

_TITLE_LENGTH = 80


@dataclass(frozen=True)
class Said:
    """The clip that was made: which voice spoke, seconds, LUFS of the decoded file, sha256 of its bytes."""

    voice: str
    seconds: float
    lufs: float
    sha256: str


def say(text: str, out: Path, *, voices: Voices, order: Sequence[str] = ()) -> Said:
    """Write `text` as a clip to `out`, by the first voice of `order` (default: all) that can speak.

    Raises InvalidInputError when there is nothing to say or no such folder, UnavailableError when no
    voice can speak now; `out` is then untouched.
    """
    if not out.parent.is_dir():
        raise InvalidInputError("Không có thư mục {folder} để ghi tệp.", field="out", folder=out.parent)
    names = [voices.get(name).name for name in order] or voices.names
    recipe = Recipe.of(spoken(text), title=_title(text), programme=None, voices=names)
    made = compose(recipe, voices, lambda _done, _total, _made_ms: None)
    try:
        write_whole(out, made.master.data)
    except OSError as error:
        raise UnavailableError("Không ghi được {file}: {why}.", file=out, why=told(error)) from error
    sha256, heard = hashlib.sha256(made.master.data).hexdigest(), made.master.loudness
    return Said(made.reel.voice, heard.duration_ms / 1000, heard.lufs, sha256)


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1] + "…"
