"""A relayed stream as raw samples: what comes from the network now, silence where nothing comes."""

from __future__ import annotations

import array
import subprocess
import tempfile
import threading
from typing import IO, cast
from urllib.parse import urlsplit

from audio.players.base import SILENCE_DB, SILENCE_SECONDS
from audio.players.decoding import RATE, SAMPLE_BYTES
from content.clock import Clock
from content.errors import CorruptError, UnavailableError

SCHEMES = ("http", "https")
PROTOCOLS = "http,https,tcp,tls,crypto"
TIMEOUT_US = 10_000_000
# What stands at the head of a radio's stream tells enough; more would be waited for in real time.
PROBE_BYTES = 65_536
PROBE_US = 500_000
AGAIN_SECONDS = 1.0
KEPT_BYTES = 2 * RATE * SAMPLE_BYTES
AHEAD_BYTES = 10 * RATE * SAMPLE_BYTES
_CHUNK = RATE // 25 * SAMPLE_BYTES
LOUD = round(32767 * 10 ** (SILENCE_DB / 20))


def checked_source(source: str | None) -> str:
    """Return the address of a stream if it is one that may be relayed, else raise CorruptError."""
    parts = urlsplit(source or "")
    if parts.scheme not in SCHEMES or not parts.hostname or not (source or "").isprintable():
        raise CorruptError("Nguồn tiếp âm phải có địa chỉ http:// hoặc https://.")
    return source or ""


def stream_command(source: str, *, gain_mdb: int) -> list[str]:
    """Return the command that writes the stream's samples to its standard output.

    The protocols are fixed, so that no answer from the network can name a file of this machine.
    """
    # The wheel brings its own ffmpeg; looking for it costs some milliseconds, so only on first need.
    import imageio_ffmpeg  # noqa: PLC0415

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-protocol_whitelist", PROTOCOLS, "-rw_timeout", str(TIMEOUT_US), "-fflags", "nobuffer"]
    command += ["-probesize", str(PROBE_BYTES), "-analyzeduration", str(PROBE_US)]
    command += ["-reconnect", "1", "-reconnect_streamed", "1", "-reconnect_delay_max", "2"]
    command += ["-i", checked_source(source), "-map", "0:a:0", "-af", f"volume={gain_mdb / 1000:.3f}dB"]
    return [*command, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]


class Stream:
    """The samples of one stream, as they come; never waits for the network.

    `silent` is how many samples at the end of all that was read gave no sound.
    While nobody reads, what comes is let go but for the newest two seconds, so that what sounds is
    what is sent now.  A stream that breaks off is opened again, until `close`.
    """

    def __init__(
        self, source: str, clock: Clock, *, gain_mdb: int = 0, patience: float = SILENCE_SECONDS
    ) -> None:
        self._command = stream_command(source, gain_mdb=gain_mdb)
        self._clock = clock
        self._patience = round(patience * RATE)
        self._kept = bytearray()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._reading = False
        self.silent = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._process = self._opened()
        self._thread = threading.Thread(target=self._feed, name="stream", daemon=True)
        self._thread.start()

    def prime(self, samples: int) -> None:
        """Do nothing: what has not come yet is silence."""

    def read(self, samples: int) -> bytes:
        """Return the next `samples`, silence where nothing has come; nothing once it was silent too long."""
        wanted = samples * SAMPLE_BYTES
        with self._lock:
            self._reading = True
            taken = bytes(self._kept[:wanted])
            del self._kept[:wanted]
        pcm = taken + bytes(wanted - len(taken))
        self.silent = self._silence_after(pcm)
        return b"" if self.silent > self._patience else pcm

    def rest(self) -> None:
        """Say that nobody reads for a while."""
        self._reading = False

    def failure(self) -> str | None:
        """Return how long it has been silent, and the last word of ffmpeg on it; never the address."""
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().rsplit(": ", 1)[-1][:100]
        return f"the stream was silent for {self.silent // RATE} s{': ' + said if said else ''}"

    def close(self) -> None:
        """End ffmpeg and the thread that reads it."""
        self._closed.set()
        with self._lock:
            self._process.kill()
        self._thread.join(timeout=5)
        self._errors.close()

    def _silence_after(self, pcm: bytes) -> int:
        """Return how many samples of silence stand at the end of all that was read."""
        samples = array.array("h", pcm)
        for back, sample in enumerate(reversed(samples)):
            if abs(sample) > LOUD:
                return back
        return self.silent + len(samples)

    def _feed(self) -> None:
        while True:
            pipe = cast("IO[bytes]", self._process.stdout)
            while chunk := pipe.read(_CHUNK):
                self._keep(chunk)
            pipe.close()
            self._process.wait()
            if self._clock.wait(self._closed, AGAIN_SECONDS) or not self._opened_again():
                return

    def _keep(self, chunk: bytes) -> None:
        """Keep what came: what is read slower waits in ffmpeg, what nobody reads pushes out the oldest."""
        while self._reading and len(self._kept) > AHEAD_BYTES:
            if self._clock.wait(self._closed, 0.1):
                return
        with self._lock:
            self._kept += chunk
            if not self._reading:
                del self._kept[: max(0, len(self._kept) - KEPT_BYTES)]

    def _opened_again(self) -> bool:
        with self._lock:
            if self._closed.is_set():
                return False
            try:
                self._process = self._opened()
            except UnavailableError:
                return False
        return True

    def _opened(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise UnavailableError("Không chạy được ffmpeg: {why}.", why=str(error)) from error
