"""The one place that runs ffmpeg: the build that imageio-ffmpeg brings, through pipes, with a time limit.

Sound comes in by standard input alone, with a forced demuxer and no protocol but `pipe`, so that no
file can make ffmpeg read another one.
"""

from __future__ import annotations

import functools
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import imageio_ffmpeg

from audio.pcm import Pcm
from audio.tape import Tape
from content.errors import ConfigurationError, InvalidInputError, UnavailableError

LIMIT_S = 120.0
_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-protocol_whitelist", "pipe")
_TOLD = 300
Sound = Pcm | Tape
"""Samples in memory or on disk; both have a `rate`, and `samples` that ffmpeg reads."""


@dataclass(frozen=True)
class Output:
    """What ffmpeg wrote: bytes on standard output, words on standard error."""

    stdout: bytes
    stderr: str


@dataclass(frozen=True)
class Loudness:
    """EBU R128 of a whole sound: integrated LUFS, peak in dBTP (or dBFS, where so asked), length in ms."""

    lufs: float
    peak_dbtp: float
    duration_ms: int


@functools.cache
def executable() -> str:
    """Return ffmpeg's path; ConfigurationError when this machine has none."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise ConfigurationError(
            "Không tìm thấy ffmpeg trên máy này. Cài lại gói imageio-ffmpeg, hoặc đặt đường dẫn vào "
            "biến IMAGEIO_FFMPEG_EXE."
        ) from error


@functools.cache
def build() -> str:
    """Return the build's own version text: MP3 bytes are equal within one build only."""
    words = run(("-version",), bare=True).stdout.decode("utf-8", "replace").split()
    return words[words.index("version") + 1] if "version" in words else Path(executable()).name


def run(
    arguments: Sequence[str],
    *,
    stdin: bytes | IO[bytes] = b"",
    limit_s: float = LIMIT_S,
    bare: bool = False,
) -> Output:
    """Run ffmpeg on bytes or an open file; UnavailableError when it takes too long, fails or cannot start."""
    command = [executable(), *(() if bare else _QUIET), *arguments]
    given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    try:
        done = subprocess.run(command, **given, capture_output=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnavailableError("ffmpeg chạy quá {limit} giây nên đã bị dừng.", limit=limit_s) from error
    except OSError as error:
        raise UnavailableError("Không chạy được ffmpeg: {why}.", why=error.strerror) from error
    told = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        raise UnavailableError("ffmpeg báo lỗi: {why}", why=_last_words(told), status=done.returncode)
    return Output(done.stdout, told)


def pcm_input(pcm: Sound) -> tuple[str, ...]:
    """Return the arguments that read `pcm.samples` from standard input."""
    return ("-f", "s16le", "-ar", str(pcm.rate), "-ac", "1", "-i", "pipe:0")


def decode(data: bytes, *, demuxer: str = "mp3", rate: int = 24_000, limit_s: float = LIMIT_S) -> Pcm:
    """Return sound bytes as mono PCM at `rate`; InvalidInputError when they hold no sound."""
    arguments = ["-loglevel", "error", "-f", demuxer, "-i", "pipe:0"]
    arguments += ("-vn", "-f", "s16le", "-ac", "1", "-ar", str(rate), "pipe:1")
    samples = run(arguments, stdin=data, limit_s=limit_s).stdout
    if not samples:
        raise InvalidInputError("Tệp âm thanh không giải mã được: không có tiếng.")
    return Pcm(samples, rate)


def measure(
    source: Sequence[str],
    data: bytes | IO[bytes],
    *,
    shape: str = "",
    true_peak: bool = True,
    limit_s: float = LIMIT_S,
) -> Loudness:
    """Measure a sound; `source` are the input arguments that read `data` from standard input.

    `shape` are filters that come before the meter.  Without `true_peak` the samples' own peak is taken, for a
    quarter of the work.
    """
    meter = f"ebur128=peak={'true' if true_peak else 'sample'}:framelog=quiet"
    arguments = (*source, "-vn", "-af", f"{shape},{meter}" if shape else meter)
    arguments += ("-progress", "pipe:1", "-f", "null", "-")
    output = run(arguments, stdin=data, limit_s=limit_s)
    passed = re.findall(rb"out_time_us=(\d+)", output.stdout)
    return Loudness(
        lufs=_figure(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", output.stderr),
        peak_dbtp=_figure(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS", output.stderr),
        duration_ms=round(int(passed[-1]) / 1000) if passed else 0,
    )


def _figure(pattern: str, told: str) -> float:
    found = re.findall(pattern, told)
    if not found:
        raise UnavailableError("ffmpeg không đo được độ to của âm thanh: {why}", why=_last_words(told))
    return float(found[-1])


def _last_words(told: str) -> str:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return "; ".join(lines[-3:])[:_TOLD] or "không rõ lý do"
