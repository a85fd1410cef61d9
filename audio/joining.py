"""Joins spoken sentences into one sound: each trimmed, with the pause that its punctuation asks for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from audio.pcm import SAMPLE_BYTES, Pcm
from audio.recipe import GAP_MS

with warnings.catch_warnings():
    # Its import warns of audioop, of its own escapes, and of an ffmpeg that it is never asked to run.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    for escapes in (DeprecationWarning, SyntaxWarning):
        warnings.filterwarnings("ignore", ".*invalid escape sequence", escapes)
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

LEAD_MS = 200
TAIL_MS = 300
REPEAT_PAUSE_MS = GAP_MS
_PAUSES_MS = {".": 450, "!": 500, "?": 500, "…": 550, ";": 350, ":": 350, ",": 220}
_BARE_PAUSE_MS = 120
_CLOSING = "\"'”’»)] "
_SILENCE_DBFS = -45.0
_STEP_MS = 5


@dataclass(frozen=True)
class Spoken:
    """One sentence and its sound."""

    text: str
    pcm: Pcm


def pause_ms(sentence: str) -> int:
    """Return the pause after a piece; one that ends in no mark is only drawing breath."""
    bare = sentence.rstrip(_CLOSING)
    return _PAUSES_MS.get(bare[-1:], _BARE_PAUSE_MS)


def joined(sentences: Sequence[Spoken], *, repeat: int = 1, gap_ms: int = REPEAT_PAUSE_MS) -> Pcm:
    """Return the sentences one after the other, the whole `repeat` times, at the first one's rate."""
    rate = sentences[0].pcm.rate
    reading = b"".join(_pieces(sentences, rate))
    whole = _silence(gap_ms, rate).join([reading] * repeat)
    return Pcm(_silence(LEAD_MS, rate) + whole + _silence(TAIL_MS, rate), rate)


def trimmed(pcm: Pcm) -> Pcm:
    """Return the sound without the silence at its two ends."""
    segment = _segment(pcm)
    start = detect_leading_silence(segment, silence_threshold=_SILENCE_DBFS, chunk_size=_STEP_MS)
    end = detect_leading_silence(segment.reverse(), silence_threshold=_SILENCE_DBFS, chunk_size=_STEP_MS)
    return Pcm(segment[start : len(segment) - end].raw_data, pcm.rate)


def _pieces(sentences: Sequence[Spoken], rate: int) -> list[bytes]:
    pieces: list[bytes] = []
    for sentence in sentences:
        pieces += (_at_rate(trimmed(sentence.pcm), rate), _silence(pause_ms(sentence.text), rate))
    return pieces[:-1]


def _at_rate(pcm: Pcm, rate: int) -> bytes:
    return bytes(_segment(pcm).set_frame_rate(rate).raw_data) if pcm.rate != rate else pcm.samples


def _segment(pcm: Pcm) -> AudioSegment:
    return AudioSegment(data=pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate, channels=1)


def _silence(length_ms: int, rate: int) -> bytes:
    return bytes(SAMPLE_BYTES * round(length_ms * rate / 1000))
