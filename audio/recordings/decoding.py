"""Decodes what people give: ffmpeg in a child that may use only so much memory, time and room.

The sound comes in by a pipe alone, with the demuxer that our own sniffing names and a short list of codecs,
so that no file can make ffmpeg open another one or run a decoder that nobody here wants.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from audio import ffmpeg
from audio.mastering import RATE
from audio.pcm import SAMPLE_BYTES, Pcm
from audio.recordings.atoms import with_index_first
from audio.recordings.declared import declared_ms
from audio.recordings.sniffing import Found
from content.errors import InvalidInputError, UnavailableError

SHORTEST_MS = 1000
SILENT_LUFS = -60.0
LEVEL_LUFS = -18.0
"""The level to which a recording is brought before its ends are trimmed, whatever it was recorded at."""
_SPARE_MS, _SPARE_BYTES = 1000, 4_000_000
_LOST_SHARE = 0.02
_SCRIPT = Path(__file__).with_name("limited.py")
_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-protocol_whitelist", "pipe", "-threads", "1")
_NO_SOUND = re.compile(r"matches no streams|does not contain any stream")
_NO_MEMORY = re.compile(r"Cannot allocate memory|Error while opening .*: -12")


@dataclass(frozen=True)
class Limits:
    """What a recording may last, and what decoding it may cost.

    `wall_s` counts by the clock, `cpu_s` on a processor.
    """

    longest_ms: int = 15 * 60_000
    wall_s: float = 90.0
    cpu_s: int = 60
    memory_bytes: int = 512 * 1024 * 1024


@dataclass(frozen=True)
class Heard:
    """What was found by decoding a recording once: its length in ms and its loudness as given, in LUFS."""

    duration_ms: int
    lufs: float


class Decoder:
    """Decodes within `limits`; what it must put on disk meanwhile lies in `folder`, without a name."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self._folder = folder
        self._limits = limits or Limits()

    def listen(self, file: IO[bytes], found: Found) -> Heard:
        """Decode a recording to its end and measure it.

        InvalidInputError (field `sound`) tells what is wrong with it.
        """
        arguments = ("-af", "ebur128=framelog=quiet", "-progress", "pipe:1", "-f", "null", "-")
        _, passed, told = self._run(file, found, arguments, out_bytes=0)
        heard = Heard(_passed_ms(passed), _figure(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", told))
        self._check(heard, declared_ms=declared_ms(file, found) or _declared_ms(told))
        return heard

    def decode(self, file: IO[bytes], found: Found, heard: Heard) -> Pcm:
        """Return a recording that was listened to as mono PCM, brought to `LEVEL_LUFS`."""
        level = f"volume={LEVEL_LUFS - heard.lufs:.2f}dB,alimiter=level=disabled:latency=1:limit=-1dB"
        arguments = ("-af", f"aformat=channel_layouts=mono,{level}", "-f", "s16le", "-ac", "1")
        out_bytes = (self._limits.longest_ms + _SPARE_MS) * RATE * SAMPLE_BYTES // 1000
        samples, _, _ = self._run(file, found, (*arguments, "-ar", str(RATE), "pipe:1"), out_bytes=out_bytes)
        return Pcm(samples, RATE)

    def _check(self, heard: Heard, *, declared_ms: int) -> None:
        longest = self._limits.longest_ms
        lost_ms = declared_ms - heard.duration_ms
        if heard.duration_ms > longest:
            raise _refused("Bản thu dài hơn {limit} phút, giới hạn ở đây. Hãy cắt ngắn rồi tải lại.",
                           limit=longest // 60_000)  # fmt: skip
        if lost_ms > max(SHORTEST_MS, declared_ms * _LOST_SHARE):
            raise _refused(
                "Tệp bị cắt: đầu tệp ghi dài {declared} mà chỉ còn {left} tiếng. Hãy chép lại từ máy thu.",
                declared=_clock(declared_ms),
                left=_clock(heard.duration_ms),
            )
        if heard.duration_ms < SHORTEST_MS:
            raise _refused("Bản thu chưa tới 1 giây. Hãy thu lại.")
        if not heard.lufs >= SILENT_LUFS:
            raise _refused("Bản thu im lặng, không nghe thấy tiếng. Hãy kiểm tra micrô rồi thu lại.")

    def _run(
        self, file: IO[bytes], found: Found, arguments: tuple[str, ...], *, out_bytes: int
    ) -> tuple[bytes, str, str]:
        """Return what ffmpeg wrote on standard output, as bytes and as text, and what it told."""
        media, longest_s = found.media, (self._limits.longest_ms + _SPARE_MS) / 1000
        read = (*_QUIET, "-codec_whitelist", ",".join(media.codecs), "-f", media.demuxer, "-i", "pipe:0")
        wanted = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-t", f"{longest_s:.3f}", *arguments)
        self._folder.mkdir(parents=True, exist_ok=True)
        given = with_index_first(file, self._folder) if media.demuxer == "mov" else file
        try:
            os.lseek(given.fileno(), found.start, os.SEEK_SET)
            return self._limited((*read, *wanted), given, out_bytes + _SPARE_BYTES)
        finally:
            if given is not file:
                given.close()

    def _limited(
        self, arguments: tuple[str, ...], given: IO[bytes], file_bytes: int
    ) -> tuple[bytes, str, str]:
        limits = self._limits
        numbers = (str(limits.memory_bytes), str(limits.cpu_s), str(file_bytes))
        command = [sys.executable, "-I", "-S", str(_SCRIPT), *numbers, ffmpeg.executable(), *arguments]
        with tempfile.TemporaryFile(dir=self._folder) as out, tempfile.TemporaryFile(dir=self._folder) as err:
            status = _ended(command, given, out, err, wall_s=limits.wall_s)
            samples, told = _whole(out), _whole(err).decode("utf-8", "replace")
        if status != 0:
            raise _why(status, told)
        return samples, samples[-_SPARE_BYTES:].decode("ascii", "replace"), told


def _ended(command: list[str], given: IO[bytes], out: IO[bytes], err: IO[bytes], *, wall_s: float) -> int:
    """Run a command to its end and return its status; it gets nothing of our environment."""
    try:
        done = subprocess.run(
            command, stdin=given, stdout=out, stderr=err, timeout=wall_s, check=False, env={}, cwd="/"
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    except OSError as error:
        raise UnavailableError("Không chạy được ffmpeg: {why}.", why=error.strerror) from error
    return done.returncode


def _why(status: int, told: str) -> InvalidInputError:
    """Return what to tell a person of a recording that could not be decoded."""
    if status in {-signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGKILL} or _NO_MEMORY.search(told):
        return _too_much()
    if _NO_SOUND.search(told):
        return _refused("Tệp này không có luồng tiếng nào dùng được. Hãy chọn tệp khác.")
    return _refused(
        "Không giải mã được tệp này: tệp hỏng, bị cắt, hoặc tiếng trong tệp nén theo kiểu lạ. Hãy mở tệp "
        "bằng máy của bạn nghe thử, lưu lại thành MP3 hoặc M4A, rồi tải lên lần nữa."
    )


def _too_much() -> InvalidInputError:
    return _refused(
        "Giải mã tệp này tốn quá nhiều thời gian hoặc bộ nhớ nên đã dừng. Hãy lưu lại thành MP3 hoặc M4A, "
        "bỏ ảnh bìa, rồi tải lên lần nữa."
    )


def _refused(template: str, **facts: object) -> InvalidInputError:
    return InvalidInputError(template, field="sound", **facts)


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _passed_ms(progress: str) -> int:
    passed = re.findall(r"out_time_us=(\d+)", progress)
    return round(int(passed[-1]) / 1000) if passed else 0


def _declared_ms(told: str) -> int:
    """Return how long the file says that it is, 0 when it does not."""
    found = re.search(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", told)
    if found is None:
        return 0
    hours, minutes, seconds, hundredths = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10


def _figure(pattern: str, told: str) -> float:
    found = re.findall(pattern, told)
    return float(found[-1]) if found else float("-inf")


def _clock(ms: int) -> str:
    seconds = round(ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"
