"""A clip as raw samples: s16le, mono, 48 kHz, streamed through the ffmpeg of imageio-ffmpeg."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import IO, cast

from content.errors import CorruptError, UnavailableError

RATE = 48_000
SAMPLE_BYTES = 2
FORMATS = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/ogg": "ogg",
}


def ffmpeg_command(path: Path, *, media_type: str, gain_mdb: int, from_ms: int) -> list[str]:
    """Return the command that writes the clip's samples to its standard output.

    The input format and protocol are fixed, so that the bytes of a clip can never choose another
    demuxer or name another file.  Seeking stands behind the input: it is exact to the sample.
    """
    # The wheel brings its own ffmpeg; looking for it costs some milliseconds, so only on first need.
    import imageio_ffmpeg  # noqa: PLC0415

    if media_type not in FORMATS:
        raise CorruptError("Tệp phát thuộc loại {media_type}, trạm không phát được.", media_type=media_type)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-protocol_whitelist", "file", "-f", FORMATS[media_type], "-i", f"file:{path}"]
    command += ["-ss", f"{from_ms}ms", "-map", "0:a:0", "-af", f"volume={gain_mdb / 1000:.3f}dB"]
    return [*command, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]


class Decoder:
    """The samples of one clip, read as they are needed; ffmpeg waits while nobody reads."""

    def __init__(self, path: Path, *, media_type: str, gain_mdb: int = 0, from_ms: int = 0) -> None:
        command = ffmpeg_command(path, media_type=media_type, gain_mdb=gain_mdb, from_ms=from_ms)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise UnavailableError("Không chạy được ffmpeg: {why}.", why=str(error)) from error
        self._ahead = b""

    def prime(self, samples: int) -> None:
        """Read the first `samples` ahead, or raise CorruptError when there is no sound at all."""
        self._ahead = self._pipe.read(samples * SAMPLE_BYTES)
        if not self._ahead:
            raise CorruptError(
                "Tệp phát không giải mã được: {why}", why=self.failure() or "không có âm thanh"
            )

    def read(self, samples: int) -> bytes:
        """Return the next `samples` as s16le bytes; fewer only at the end."""
        wanted = samples * SAMPLE_BYTES
        taken, self._ahead = self._ahead[:wanted], self._ahead[wanted:]
        missing = wanted - len(taken)
        return taken + self._pipe.read(missing) if missing else taken

    def failure(self) -> str | None:
        """Wait for ffmpeg, which has ended its output, and return what it complained of, or None."""
        if self._process.wait() == 0:
            return None
        self._errors.seek(0)
        lines = self._errors.read(2000).decode(errors="replace").split("\n")
        return lines[0].strip() or f"ffmpeg {self._process.returncode}"

    def close(self) -> None:
        """End ffmpeg and let go of its pipes."""
        self._process.kill()
        self._pipe.close()
        self._process.wait()
        self._errors.close()

    @property
    def _pipe(self) -> IO[bytes]:
        return cast("IO[bytes]", self._process.stdout)
