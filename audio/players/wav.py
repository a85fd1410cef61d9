"""A loudspeaker that is a WAV file: what would have sounded, sample-exact, for rehearsal and proof.

One file a broadcast, named by its first instant; see `Reel` for when it ends.
"""

from __future__ import annotations

import array
import logging
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from audio.players.base import Begun, Ended, PlayerEvent
from audio.players.decoding import RATE, SAMPLE_BYTES, Decoder
from audio.players.wavfile import Reel
from content.clock import Clock
from content.contracts.manifest import Item
from content.errors import CorruptError, UnavailableError

BLOCK_SECONDS = 0.02
IDLE_SECONDS = 1.0
KEPT_BYTES = 1 << 30
_FULL = 100

log = logging.getLogger("station")


@dataclass
class _Voice:
    """A clip on its way out: `written` samples of this run, counted from `from_ms`."""

    airing: str
    decoder: Decoder
    from_ms: int
    at: float = 0.0
    anchor: float = 0.0
    anchor_written: int = 0
    written: int = 0
    begun: bool = False
    paused: bool = False

    @property
    def position_ms(self) -> int:
        return self.from_ms + self.written * 1000 // RATE

    def due(self, now: float) -> int:
        """Return how many samples are to be written by `now`."""
        if self.paused or now < self.at:
            return 0
        return max(0, self.anchor_written + round((now - self.anchor) * RATE) - self.written)

    def hold(self) -> None:
        self.paused = True

    def release(self, now: float) -> None:
        self.paused, self.anchor, self.anchor_written = False, max(now, self.at), self.written


class WavPlayer:
    """Writes into `folder`; `run()` paces it in real time, or a test calls `pump()` itself."""

    name = "wav"

    def __init__(self, folder: Path, clock: Clock, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._clock = clock
        self._reel = Reel(folder, clock, kept_bytes=kept_bytes)
        self._ready: dict[str, _Voice] = {}
        self._voice: _Voice | None = None
        self._events: list[PlayerEvent] = []
        self._volume = _FULL
        self._ended_ms = 0
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def run(self) -> WavPlayer:
        """Start the thread that writes in real time; return the player."""
        self._thread = threading.Thread(target=self._pace, name="wav", daemon=True)
        self._thread.start()
        return self

    def preload(self, path: Path, item: Item, *, from_ms: int = 0) -> None:
        """Open the clip and decode its beginning."""
        media_type = item.clip.media_type if item.clip else ""
        decoder = Decoder(path, media_type=media_type, gain_mdb=item.gain_mdb, from_ms=from_ms)
        try:
            decoder.prime(RATE // 5)
        except CorruptError:
            decoder.close()
            raise
        self.discard(item.id)
        self._ready[item.id] = _Voice(item.id, decoder, from_ms)

    def discard(self, airing: str) -> None:
        """Close what was opened for `airing`."""
        voice = self._ready.pop(airing, None)
        if voice is not None:
            voice.decoder.close()

    def start(self, airing: str, *, at: float) -> None:
        """Take the clip as the one that sounds from `at` on."""
        if airing not in self._ready or self._voice is not None:
            raise UnavailableError("Lượt phát {airing} chưa được chuẩn bị.", airing=airing)
        with self._lock:
            voice = self._ready.pop(airing)
            voice.at = voice.anchor = max(at, self._clock.monotonic())
            self._voice = voice
        self._wake.set()

    def poll(self) -> tuple[PlayerEvent, ...]:
        """Return and forget what happened."""
        with self._lock:
            events, self._events = tuple(self._events), []
        return events

    def position(self) -> int:
        """Return the position of what plays."""
        voice = self._voice
        return voice.position_ms if voice else 0

    def pause(self) -> None:
        """Write no more of the clip; the timeline goes on in silence."""
        with self._lock:
            self.pump()
            if self._voice:
                self._voice.hold()

    def resume(self) -> None:
        """Go on with the clip; the pause becomes silence in the file."""
        with self._lock:
            if self._voice and self._voice.paused:
                self._voice.release(self._clock.monotonic())
        self._wake.set()

    def stop(self) -> int:
        """Cut the clip off here."""
        with self._lock:
            self.pump()
            position = self.position() if self._voice else self._ended_ms
            self._events = [event for event in self._events if not isinstance(event, Ended)]
            self._drop()
        return position

    def set_volume(self, percent: int) -> None:
        """Scale what is written from now on."""
        self._volume = max(0, min(_FULL, percent))

    def close(self) -> None:
        """Stop the thread, cut off what plays and end the file."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self.stop()
        for airing in list(self._ready):
            self.discard(airing)
        self._reel.end()

    def pump(self) -> None:
        """Write what has come due; an output that fails ends the clip with an error."""
        with self._lock:
            try:
                self._pump(self._clock.monotonic())
            except OSError as error:
                self._end(error=str(error))

    def _pump(self, now: float) -> None:
        voice = self._voice
        if voice is None:
            self._reel.rest()
        elif wanted := voice.due(now):
            self._write(voice, wanted)

    def _write(self, voice: _Voice, wanted: int) -> None:
        if voice.written == voice.anchor_written:
            self._join(voice)
        pcm = voice.decoder.read(wanted)
        self._reel.append(_scaled(pcm, self._volume))
        voice.written += len(pcm) // SAMPLE_BYTES
        if len(pcm) // SAMPLE_BYTES < wanted:
            self._end(error=voice.decoder.failure())

    def _join(self, voice: _Voice) -> None:
        """Bring the file to the instant from which the clip sounds: its start, or the end of a pause."""
        self._reel.join(voice.anchor)
        if not voice.begun:
            voice.begun = True
            self._events.append(Begun(voice.airing, voice.at))

    def _end(self, *, error: str | None) -> None:
        voice = self._voice
        if voice is not None:
            self._ended_ms = voice.position_ms
            self._events.append(Ended(voice.airing, self._ended_ms, error))
            self._drop()

    def _drop(self) -> None:
        if self._voice is not None:
            self._voice.decoder.close()
            self._voice = None

    def _pace(self) -> None:
        while not self._closing:
            try:
                self.pump()
            except Exception as error:  # the thread's boundary: the clip ends with an error, the thread lives
                log.exception("the WAV sink failed")
                self._end(error=str(error))
            voice = self._voice
            self._clock.wait(self._wake, BLOCK_SECONDS if voice and not voice.paused else IDLE_SECONDS)
            self._wake.clear()


def _scaled(pcm: bytes, percent: int) -> bytes:
    if percent == _FULL:
        return pcm
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    scaled = array.array("h", [sample * percent // _FULL for sample in samples])
    if sys.byteorder == "big":
        scaled.byteswap()
    return scaled.tobytes()
