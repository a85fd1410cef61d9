"""How long a text will sound, before anybody speaks it: a model of the voice's syllables.

`syllable_ms.tsv` holds what a rime lasts after the onset h, and what another onset adds to it, as
measured of the offline voice; the weights below were fitted to whole sentences.  Its other accents differ
by a factor.  Google's voice cannot be measured where this was written: for it stands the rate at which
people read Vietnamese aloud, 5.22 syllables a second (Pellegrino, Coupé and Marsico, Language 87, 2011).
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from audio import tones
from audio.joining import LEAD_MS, REPEAT_PAUSE_MS, TAIL_MS, TONE_PAUSE_MS, pause_ms
from audio.reading import sentences

_START_MS, _WORD_MS, _SYLLABLE_WEIGHT = 84.5, 92.4, 0.703
_COMMA_MS, _STRONG_MS = 399.0, 507.0
_STRANGE_RIME_MS, _NO_ONSET_MS = 340, -56
_CODEC_MS = 50
_READ_ALOUD = "gtts"
_READ_ALOUD_MS, _READ_ALOUD_MARK_MS = 1000 / 5.22, 250.0
_FACTORS = {"espeak": 1.005, "espeak-trung": 1.015, "espeak-nam": 1.04}
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_TABLE = Path(__file__).with_name("syllable_ms.tsv")
_WORD = re.compile(r"[^\W\d_]+")
_ONSET = re.compile(r"(?:ngh|ng|nh|gh|gi(?=[aăâeêoôơuư])|kh|ph|th|tr|ch|qu(?=.)|[bcdđghklmnprstvx]|)")
_COMMA, _STRONG = re.compile(","), re.compile("[;:.?!]")


@dataclass(frozen=True)
class Lengths:
    """Lengths in ms: of rimes, and of onsets beside the onset h."""

    rimes: dict[str, int]
    onsets: dict[str, int]


def duration_ms(
    spoken: str,
    *,
    repeat: int = 1,
    lead: str | None = None,
    gap_ms: int = REPEAT_PAUSE_MS,
    voice: str = "espeak",
) -> int:
    """Return the length in ms of the clip that a voice makes of spoken words; 0 of none.

    `lead` is a tone's name.  For the offline voice's accents usually within 5 % of a bulletin, and within
    10 % of a sentence of six words or more; one of a few words, whose last syllable may be drawn out, is
    off by up to 0.35 s, which can be a quarter of it.  `gtts` is a guess; any other voice counts as the
    offline one.
    """
    pieces = [piece for piece in sentences(spoken) if _WORD.search(piece)]
    if not pieces:
        return 0
    once = sum(piece_ms(piece, voice) for piece in pieces) + sum(map(pause_ms, pieces[:-1]))
    before = LEAD_MS + (tones.LENGTHS_MS[lead] + TONE_PAUSE_MS if lead else 0)
    return round(before + once * repeat + gap_ms * (repeat - 1) + TAIL_MS + _CODEC_MS)


def is_fitted(voice: str) -> bool:
    """Tell whether the model was fitted to this voice; of any other the length is a guess."""
    return voice in _FACTORS


def piece_ms(piece: str, voice: str = "espeak") -> float:
    """Return the length of one piece as a voice says it at a stretch."""
    if voice == _READ_ALOUD:
        return _read_aloud_ms(piece)
    return _offline_ms(piece) * _FACTORS.get(voice, 1.0)


def _read_aloud_ms(piece: str) -> float:
    inner = piece.rstrip(".?!,;: ")
    marks = len(_COMMA.findall(inner)) + len(_STRONG.findall(inner))
    return _READ_ALOUD_MS * len(_WORD.findall(piece)) + _READ_ALOUD_MARK_MS * marks


def _offline_ms(piece: str) -> float:
    words = _WORD.findall(_toneless(piece))
    inner = piece.rstrip(".?!,;: ")
    marks = _COMMA_MS * len(_COMMA.findall(inner)) + _STRONG_MS * len(_STRONG.findall(inner))
    syllables = sum(map(syllable_ms, words))
    return _START_MS + _WORD_MS * len(words) + _SYLLABLE_WEIGHT * syllables + marks


@functools.lru_cache(maxsize=8192)
def syllable_ms(word: str) -> int:
    """Return the measured length of a lower-case syllable without its tone mark."""
    lengths = _lengths()
    found = _ONSET.match(word)
    onset = found.group() if found else ""
    rime = word[len(onset) :]
    return lengths.rimes.get(rime, _STRANGE_RIME_MS) + lengths.onsets.get(onset, _NO_ONSET_MS)


def _toneless(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(sign for sign in letters if sign not in _TONES))


@functools.cache
def _lengths() -> Lengths:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    kinds = {
        kind: {row["letters"]: int(row["ms"]) for row in rows if row["kind"] == kind}
        for kind in ("rime", "onset")
    }
    return Lengths(kinds["rime"], kinds["onset"])
