"""Makes a sound ready for air: one loudness for every clip, MP3, tags.

What counts is the *decoded* file: the limiter and the encoder both move the loudness, so the file is
measured and made again, at most `ROUNDS` times, until it is within tolerance.  The first guess is fitted
to speech so that one round usually does.
"""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mutagen import id3

from audio import ffmpeg
from audio.ffmpeg import Loudness, Sound
from content.errors import UnavailableError

VERSION = 2
MEDIA_TYPE = "audio/mpeg"
RATE = 24_000
REVISION_TAG = "revision"
BIT_RATE = "64k"
TARGET_LUFS = -16.0
TOLERANCE_LU = 0.4
SHORT_MS = 3000
SHORT_TOLERANCE_LU = 0.9
PEAK_DBTP, HIGHEST_DBTP = -1.1, -1.0
"""A tenth stricter than the rule (±0.5 LU, ±1 below 3 s, −1 dBTP), because the meter rounds to tenths."""
ROUNDS = 3

_FIRST_CEILING_DB = -1.9
_LOST, _LOST_IN_HORN = (0.15, 0.067), (0.25, 0.1)
"""What the limiter takes of speech, by the dB that stand out and by their square."""
_SILENT_LUFS = -60.0
_LOWER_DB, _MAKE_UP = (0.3, 0.7), 0.7
"""How much further than it stood out a peak is pushed down, at first and then; what gain makes up for."""
_TELLING_LU, _MOST_PER_LU = 0.2, 4.0
_LIMITER_RATE = 2 * RATE
"""Twice as fine is enough, for MP3 moves the peaks more, and the decoded file is measured finer."""
_HORN = "highpass=f=300,highpass=f=300,equalizer=f=2500:width_type=o:width=1.6:gain=4,lowpass=f=6000"
"""A horn carries nothing below and little above; the lift is where consonants lie."""
_INPUT = ("-f", "mp3", "-i", "pipe:0")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Master:
    """A finished MP3 and what was measured of it, decoded."""

    data: bytes
    loudness: Loudness


@dataclass(frozen=True)
class Settings:
    """How the next round is made: gain and the limiter's ceiling in dB, and the gain that one LU takes."""

    gain_db: float
    ceiling_db: float
    per_lu: float = 1.0


@dataclass(frozen=True)
class Tried:
    """A round that was made, and what was heard of it."""

    settings: Settings
    heard: Loudness


def master(
    pcm: Sound,
    *,
    title: str,
    programme: str | None,
    revision: int | None = None,
    horn: bool = False,
    on_round: Callable[[], object] = lambda: None,
) -> Master:
    """Return `pcm` as a tagged MP3 at −16 LUFS; UnavailableError when it is silent or ffmpeg fails.

    `horn` keeps to the band that a horn loudspeaker carries and lifts the consonants.  `on_round` is called
    before each round; what it raises ends the work.
    """
    shape = _HORN if horn else ""
    raw = ffmpeg.measure(ffmpeg.pcm_input(pcm), pcm.samples, shape=shape, true_peak=False)
    settings = first_settings(raw, horn=horn)
    made: list[Master] = []
    tried: list[Tried] = []
    for _ in range(ROUNDS):
        on_round()
        sound = encoded(pcm, settings, shape=shape)
        data = tagged(sound, title=title, programme=programme, revision=revision)
        made.append(Master(data, ffmpeg.measure(_INPUT, data)))
        if within(made[-1].loudness, short=False):
            return made[-1]
        tried.append(Tried(settings, made[-1].loudness))
        settings = next_settings(tried)
    return _nearest(made)


def within(heard: Loudness, *, short: bool = True) -> bool:
    """Tell whether a decoded clip is as loud as it must be and peaks low enough.

    `short` lets a short clip be further off, which is for the last round to use.
    """
    tolerance = SHORT_TOLERANCE_LU if short and heard.duration_ms < SHORT_MS else TOLERANCE_LU
    return abs(heard.lufs - TARGET_LUFS) <= tolerance and heard.peak_dbtp <= PEAK_DBTP


def first_settings(raw: Loudness, *, horn: bool = False) -> Settings:
    """Guess the first round: what the limiter cuts is lost to the loudness, the more the deeper it cuts."""
    if not math.isfinite(raw.lufs) or raw.lufs < _SILENT_LUFS:
        raise UnavailableError("Âm thanh làm ra chỉ là khoảng lặng.")
    gain = TARGET_LUFS - raw.lufs
    excess = max(0.0, raw.peak_dbtp + gain - _FIRST_CEILING_DB)
    lost, lost_more = _LOST_IN_HORN if horn else _LOST
    per_lu = 1 + lost + 2 * excess * lost_more if excess else 1.0
    return Settings(gain + excess * lost + excess**2 * lost_more, _FIRST_CEILING_DB, per_lu)


def next_settings(tried: Sequence[Tried]) -> Settings:
    """Correct the last round by what was heard of it, and by what the one before it gained."""
    settings, heard = tried[-1].settings, tried[-1].heard
    too_high = max(0.0, heard.peak_dbtp - PEAK_DBTP)
    lower = too_high + _LOWER_DB[len(tried) > 1] if too_high else 0.0
    per_lu = _per_lu(tried[-2], tried[-1]) if len(tried) > 1 else settings.per_lu
    gain = settings.gain_db + (TARGET_LUFS - heard.lufs) * per_lu + lower * _MAKE_UP
    return Settings(gain, settings.ceiling_db - lower, per_lu)


def _per_lu(before: Tried, after: Tried) -> float:
    """Return the dB of gain that one LU took from one round to the next, as far as that is believable."""
    if before.settings.ceiling_db != after.settings.ceiling_db:
        return after.settings.per_lu
    louder = after.heard.lufs - before.heard.lufs
    gained = after.settings.gain_db - before.settings.gain_db
    found = gained / louder if abs(louder) >= _TELLING_LU else after.settings.per_lu
    return min(_MOST_PER_LU, max(1.0, found))


def encoded(pcm: Sound, settings: Settings, *, shape: str = "") -> bytes:
    """Return `pcm` shaped, with gain and limiter, as untagged MP3; one build gives the same bytes always."""
    limiter = f"alimiter=level=disabled:latency=1:attack=5:release=60:limit={settings.ceiling_db:.2f}dB"
    loud = f"volume={settings.gain_db:.2f}dB,aresample={_LIMITER_RATE},{limiter},aresample={RATE}"
    arguments = ("-loglevel", "error", *ffmpeg.pcm_input(pcm), "-af", f"{shape},{loud}" if shape else loud)
    arguments += ("-c:a", "libmp3lame", "-b:a", BIT_RATE, "-ac", "1", "-ar", str(RATE))
    arguments += ("-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
    arguments += ("-id3v2_version", "0", "-write_xing", "0", "-flush_packets", "0", "-f", "mp3", "pipe:1")
    return ffmpeg.run(arguments, stdin=pcm.samples).stdout


def tagged(data: bytes, *, title: str, programme: str | None, revision: int | None = None) -> bytes:
    """Return the MP3 with its title, programme and revision id; nothing that only an approval tells.

    The revision stands in the frame TXXX "revision".
    """
    file = io.BytesIO(data)
    tags: Any = id3.ID3()  # type: ignore[no-untyped-call]
    texts = {id3.TIT2: title, id3.TALB: programme, id3.TLAN: "vie"}
    for frame, text in texts.items():
        if text:
            tags.add(frame(encoding=id3.Encoding.UTF16, text=[text]))  # type: ignore[no-untyped-call]
    if revision is not None:
        mark = id3.TXXX(encoding=id3.Encoding.LATIN1, desc=REVISION_TAG, text=[str(revision)])  # type: ignore[no-untyped-call]
        tags.add(mark)
    tags.save(file, v2_version=3, padding=lambda _info: 0)
    return file.getvalue()


def _nearest(made: list[Master]) -> Master:
    """Return the best of the rounds that at least peaks low enough: a little soft is better than silence."""
    usable = [one for one in made if one.loudness.peak_dbtp <= HIGHEST_DBTP]
    if not usable:
        raise UnavailableError("Không đưa được đỉnh âm thanh xuống dưới {limit} dBTP.", limit=HIGHEST_DBTP)
    best = min(usable, key=lambda one: abs(one.loudness.lufs - TARGET_LUFS))
    if not within(best.loudness):
        _log.warning("clip mastered to %.1f LUFS, outside the tolerance", best.loudness.lufs)
    return best
