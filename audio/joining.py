"""Joins spoken sentences into one sound: each trimmed, with the pause that its punctuation asks for."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from audio.pcm import SAMPLE_BYTES, Pcm
from audio.recipe import GAP_MS
from audio.tape import Tape

with warnings.catch_warnings():
    # Its import warns of audioop, of its own escapes, and of an ffmpeg that it is never asked to run.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    for escapes in (DeprecationWarning, SyntaxWarning):
        warnings.filterwarnings("ignore", ".*invalid escape sequence", escapes)
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    from pydub import AudioSegment

LEAD_MS = 200
TAIL_MS = 300
TONE_PAUSE_MS = 400
REPEAT_PAUSE_MS = GAP_MS
_PAUSES_MS = {".": 450, "!": 500, "?": 500, "…": 550, ";": 350, ":": 350, ",": 220}
_BARE_PAUSE_MS = 120
_CLOSING = "\"'”’»)] "
_SILENCE_RMS = 32768 * 10 ** (-45 / 20)
_STEP_MS = 5

Tone = Callable[[int], Pcm]
"""Makes a tone at a rate in samples a second."""
Timing = tuple[int, int, int, int]
"""Where a sentence sounds: start and end in ms, its number and that of the reading, both from 0."""


@dataclass(frozen=True)
class Spoken:
    """One sentence and its sound."""

    text: str
    pcm: Pcm


class Joiner:
    """Lays sentences on a tape as they come, in order; the first one gives the rate.

    `lead` sounds once before the words; all is read `repeat` times with `gap_ms` between.  As a context it
    lets go of the tape when the block fails.
    """

    def __init__(
        self,
        *,
        repeat: int = 1,
        gap_ms: int = REPEAT_PAUSE_MS,
        lead: Tone | None = None,
        folder: Path | None = None,
    ) -> None:
        self._repeat, self._gap_ms = repeat, gap_ms
        self._lead, self._folder = lead, folder
        self._tape: Tape | None = None
        self._start = self._pause_ms = 0
        self._places: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is not None and self._tape is not None:
            self._tape.close()

    def add(self, sentence: Spoken, *, margin_ms: int = 0) -> None:
        """Lay the next sentence, trimmed to `margin_ms` around it; UnavailableError when the disk refuses."""
        tape = self._tape or self._begin(sentence.pcm.rate)
        tape.write_silence(self._pause_ms)
        start = tape.bytes
        tape.write(_at_rate(trimmed(sentence.pcm, margin_ms=margin_ms), tape.rate))
        self._places.append((start, tape.bytes))
        self._pause_ms = pause_ms(sentence.text)

    def close(self) -> tuple[Tape, list[Timing]]:
        """Return the finished tape, which the caller closes, and where on it each sentence lies."""
        tape = self._tape
        if tape is None:
            raise ValueError("nothing was laid on the tape")
        end, shifts = tape.bytes, [0]
        for _ in range(1, self._repeat):
            tape.write_silence(self._gap_ms)
            shifts.append(tape.bytes - self._start)
            tape.copy(self._start, end)
        tape.write_silence(TAIL_MS)
        return tape, [
            (_ms(start + shift, tape.rate), _ms(stop + shift, tape.rate), number, reading)
            for reading, shift in enumerate(shifts)
            for number, (start, stop) in enumerate(self._places)
        ]

    def _begin(self, rate: int) -> Tape:
        self._tape = Tape(rate, self._folder)
        self._tape.write_silence(LEAD_MS)
        if self._lead is not None:
            self._tape.write(self._lead(rate).samples)
            self._tape.write_silence(TONE_PAUSE_MS)
        self._start = self._tape.bytes
        return self._tape


def pause_ms(sentence: str) -> int:
    """Return the pause after a piece; one that ends in no mark is only drawing breath."""
    bare = sentence.rstrip(_CLOSING)
    return _PAUSES_MS.get(bare[-1:], _BARE_PAUSE_MS)


def joined(sentences: Sequence[Spoken], *, repeat: int = 1, gap_ms: int = REPEAT_PAUSE_MS) -> Pcm:
    """Return the sentences one after the other, the whole `repeat` times, at the first one's rate."""
    joiner = Joiner(repeat=repeat, gap_ms=gap_ms)
    for sentence in sentences:
        joiner.add(sentence)
    tape, _ = joiner.close()
    with tape:
        return tape.pcm()


def trimmed(pcm: Pcm, *, margin_ms: int = 0) -> Pcm:
    """Return the sound without the silence at its two ends, but for `margin_ms` of it."""
    step = SAMPLE_BYTES * round(_STEP_MS * pcm.rate / 1000)
    size = len(pcm.samples)
    start = next((at for at in range(0, size, step) if _is_loud(pcm, at, at + step)), size)
    end = next((at for at in range(size, start, -step) if _is_loud(pcm, max(start, at - step), at)), start)
    margin = SAMPLE_BYTES * round(margin_ms * pcm.rate / 1000)
    return Pcm(pcm.samples[max(0, start - margin) : end + margin], pcm.rate)


def peaks(tape: Tape, *, most: int = 800) -> list[int]:
    """Return at most `most` numbers from 0 to 100: the largest sample of as many equal slices, scaled."""
    highest = [_segment(Pcm(piece, tape.rate)).max for piece in tape.slices(most)]
    top = max(highest, default=0) or 1
    return [round(100 * one / top) for one in highest]


def _is_loud(pcm: Pcm, start: int, end: int) -> bool:
    return bool(_segment(Pcm(pcm.samples[start:end], pcm.rate)).rms > _SILENCE_RMS)


def _at_rate(pcm: Pcm, rate: int) -> bytes:
    return bytes(_segment(pcm).set_frame_rate(rate).raw_data) if pcm.rate != rate else pcm.samples


def _segment(pcm: Pcm) -> AudioSegment:
    return AudioSegment(data=pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate, channels=1)


def _ms(at: int, rate: int) -> int:
    return round(at * 1000 / SAMPLE_BYTES / rate)
