"""Makes a sound ready for air: one loudness for every clip, MP3, tags.

What counts is the *decoded* file: the limiter and the encoder both move the loudness, so the file is
measured and made again, at most `ROUNDS` times, until it is within tolerance.
"""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mutagen import id3

from audio import ffmpeg
from audio.ffmpeg import Loudness
from audio.pcm import Pcm
from content.errors import UnavailableError

VERSION = 1
MEDIA_TYPE = "audio/mpeg"
RATE = 24_000
BIT_RATE = "64k"
TARGET_LUFS = -16.0
TOLERANCE_LU = 0.4
SHORT_MS = 3000
SHORT_TOLERANCE_LU = 0.9
PEAK_DBTP = -1.1
"""A tenth stricter than the rule (±0.5 LU, ±1 below 3 s, −1 dBTP), because the meter rounds to tenths."""
ROUNDS = 3

_FIRST_CEILING_DB = -1.9
_LOST_TO_LIMITER = 0.28
_SILENT_LUFS = -60.0
_LIMITER_RATE = 4 * RATE
_INPUT = ("-f", "mp3", "-i", "pipe:0")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Master:
    """A finished MP3 and what was measured of it, decoded."""

    data: bytes
    loudness: Loudness


@dataclass(frozen=True)
class Settings:
    """How the next round is made: gain and the limiter's ceiling, in dB."""

    gain_db: float
    ceiling_db: float


def master(
    pcm: Pcm, *, title: str, programme: str | None, on_round: Callable[[], object] = lambda: None
) -> Master:
    """Return `pcm` as a tagged MP3 at −16 LUFS; UnavailableError when it is silent or ffmpeg fails.

    `on_round` is called before each round; what it raises ends the work.
    """
    settings = first_settings(ffmpeg.measure(ffmpeg.pcm_input(pcm), pcm.samples))
    made: list[Master] = []
    for _ in range(ROUNDS):
        on_round()
        data = tagged(encoded(pcm, settings), title=title, programme=programme)
        made.append(Master(data, ffmpeg.measure(_INPUT, data)))
        if within(made[-1].loudness):
            return made[-1]
        settings = next_settings(settings, made[-1].loudness)
    return _nearest(made)


def within(heard: Loudness) -> bool:
    """Tell whether a decoded clip is as loud as it must be and peaks low enough."""
    tolerance = SHORT_TOLERANCE_LU if heard.duration_ms < SHORT_MS else TOLERANCE_LU
    return abs(heard.lufs - TARGET_LUFS) <= tolerance and heard.peak_dbtp <= PEAK_DBTP


def first_settings(raw: Loudness) -> Settings:
    """Guess the first round: what the limiter will cut is lost to the loudness in part."""
    if not math.isfinite(raw.lufs) or raw.lufs < _SILENT_LUFS:
        raise UnavailableError("Âm thanh làm ra chỉ là khoảng lặng.")
    gain = TARGET_LUFS - raw.lufs
    excess = max(0.0, raw.peak_dbtp + gain - _FIRST_CEILING_DB)
    return Settings(gain + excess * _LOST_TO_LIMITER, _FIRST_CEILING_DB)


def next_settings(settings: Settings, heard: Loudness) -> Settings:
    """Correct a round by what was heard of it."""
    too_high = max(0.0, heard.peak_dbtp - PEAK_DBTP)
    lower = too_high + 0.2 if too_high else 0.0
    return Settings(settings.gain_db + (TARGET_LUFS - heard.lufs) * 1.2, settings.ceiling_db - lower)


def encoded(pcm: Pcm, settings: Settings) -> bytes:
    """Return `pcm` with gain and limiter as untagged MP3, equal bytes for equal input within one build."""
    limiter = f"alimiter=level=disabled:latency=1:attack=5:release=60:limit={settings.ceiling_db:.2f}dB"
    filters = f"volume={settings.gain_db:.2f}dB,aresample={_LIMITER_RATE},{limiter},aresample={RATE}"
    arguments = ("-loglevel", "error", *ffmpeg.pcm_input(pcm), "-af", filters)
    arguments += ("-c:a", "libmp3lame", "-b:a", BIT_RATE, "-ac", "1", "-ar", str(RATE))
    arguments += ("-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
    arguments += ("-id3v2_version", "0", "-write_xing", "0", "-f", "mp3", "pipe:1")
    return ffmpeg.run(arguments, stdin=pcm.samples).stdout


def tagged(data: bytes, *, title: str, programme: str | None) -> bytes:
    """Return the MP3 with its title and programme; nothing that is known only after approval."""
    file = io.BytesIO(data)
    tags: Any = id3.ID3()  # type: ignore[no-untyped-call]
    texts = {id3.TIT2: title, id3.TALB: programme, id3.TLAN: "vie"}
    for frame, text in texts.items():
        if text:
            tags.add(frame(encoding=id3.Encoding.UTF16, text=[text]))  # type: ignore[no-untyped-call]
    tags.save(file, v2_version=3, padding=lambda _info: 0)
    return file.getvalue()


def _nearest(made: list[Master]) -> Master:
    """Return the best of the rounds that at least peaks low enough: a little soft is better than silence."""
    usable = [one for one in made if one.loudness.peak_dbtp <= PEAK_DBTP]
    if not usable:
        raise UnavailableError("Không đưa được đỉnh âm thanh xuống dưới {limit} dBTP.", limit=PEAK_DBTP)
    best = min(usable, key=lambda one: abs(one.loudness.lufs - TARGET_LUFS))
    _log.warning("clip mastered to %.1f LUFS, outside the tolerance", best.loudness.lufs)
    return best
