"""A loudspeaker that is a WAV file: what would have sounded, sample-exact, for rehearsal and proof.

One file a broadcast, named by its first instant; see `Reel` for when it ends.
"""

from __future__ import annotations

import array
import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audio.players.base import FADE_SECONDS, SILENCE_SECONDS, Begun, Ended, PlayerEvent
from audio.players.decoding import RATE, SAMPLE_BYTES, Decoder
from audio.players.streams import Stream, checked_source
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
    """A clip or stream on its way out: `written` samples of this run, counted from `from_ms`.

    `until` is the instant at which it ends wherever it is; None: where its samples end.
    """

    airing: str
    decoder: Decoder | Stream
    from_ms: int
    at: float = 0.0
    until: float | None = None
    anchor: float = 0.0
    anchor_written: int = 0
    written: int = 0
    begun: bool = False
    paused: bool = False

    @property
    def position_ms(self) -> int:
        return self.from_ms + self.written * 1000 // RATE

    @property
    def heard_ms(self) -> int:
        """How much gave sound: of a stream not the silence at its end."""
        silent = self.decoder.silent if isinstance(self.decoder, Stream) else 0
        return max(0, self.position_ms - silent * 1000 // RATE)

    @property
    def sounds(self) -> bool:
        """Whether anything of it has been heard."""
        return self.heard_ms > 0 if isinstance(self.decoder, Stream) else True

    @property
    def reaches(self) -> float:
        """The instant up to which it is written."""
        return self.anchor + (self.written - self.anchor_written) / RATE

    @property
    def streams(self) -> bool:
        return isinstance(self.decoder, Stream)

    def due(self, now: float) -> int:
        """Return how many samples are to be written by `now`."""
        if self.paused or now < self.at:
            return 0
        end = now if self.until is None else min(now, self.until)
        return max(0, self.anchor_written + round((end - self.anchor) * RATE) - self.written)

    def over(self, now: float) -> bool:
        """Tell whether its time is up."""
        return self.until is not None and now >= self.until

    def hold(self) -> None:
        self.paused = True
        if isinstance(self.decoder, Stream):
            self.decoder.rest()

    def release(self, now: float) -> None:
        self.paused, self.anchor, self.anchor_written = False, max(now, self.at), self.written


class WavPlayer:
    """Writes into `folder`; `run()` paces it in real time, or a test calls `pump()` itself."""

    name = "wav"

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        kept_bytes: int = KEPT_BYTES,
        silence: float = SILENCE_SECONDS,
        fade: float = FADE_SECONDS,
    ) -> None:
        self._clock = clock
        self._reel = Reel(folder, clock, kept_bytes=kept_bytes)
        self._silence = silence
        self._fade = round(fade * RATE)
        self._ready: dict[str, _Voice] = {}
        self._voice: _Voice | None = None
        self._next: _Voice | None = None
        self._events: list[PlayerEvent] = []
        self._volume = _FULL
        self._ended: dict[str, int] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def run(self) -> WavPlayer:
        """Start the thread that writes in real time; return the player."""
        self._thread = threading.Thread(target=self._pace, name="wav", daemon=True)
        self._thread.start()
        return self

    def preload(self, path: Path | None, item: Item, *, from_ms: int = 0) -> None:
        """Open the clip and decode its beginning, or open the stream."""
        decoder = self._decoder(path, item, from_ms)
        try:
            decoder.prime(RATE // 5)
        except CorruptError:
            decoder.close()
            raise
        self.discard(item.id)
        self._ready[item.id] = _Voice(item.id, decoder, from_ms)

    def discard(self, airing: str) -> None:
        """Close what was opened for `airing`, and let it follow no more."""
        with self._lock:
            voice = self._ready.pop(airing, None)
            if self._next is not None and self._next.airing == airing:
                voice, self._next = self._next, None
        if voice is not None:
            voice.decoder.close()

    def start(self, airing: str, *, at: float, until: float | None = None) -> None:
        """Take the clip as the one that sounds from `at` on, or from the end of what sounds."""
        with self._lock:
            if airing not in self._ready or self._next is not None:
                raise UnavailableError("Lượt phát {airing} chưa được chuẩn bị.", airing=airing)
            voice = self._ready.pop(airing)
            voice.at = voice.anchor = max(at, self._clock.monotonic())
            voice.until = until
            if self._voice is None:
                self._voice = voice
            else:
                self._next = voice
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

    def stop(self, airing: str) -> int:
        """Fade the clip out from here; what follows begins after that."""
        with self._lock:
            self.pump()
            if self._voice is None or self._voice.airing != airing:
                return self._ended.get(airing, 0)
            position = self.position()
            try:
                self._fade_out()
            except OSError as error:
                log.warning("the WAV sink took no fade: %s", error)
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
        with self._lock:
            for voice in filter(None, (self._next, self._voice)):
                self.discard(voice.airing)
                self.stop(voice.airing)
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
        """Write up to `now`: what sounds, and in the same step what follows it."""
        while True:
            voice = self._voice
            if voice is None:
                self._reel.rest()
                return
            if wanted := voice.due(now):
                self._write(voice, wanted)
            if self._voice is voice and voice.over(now):
                self._end(error=None)
            if self._voice is voice:
                return

    def _write(self, voice: _Voice, wanted: int) -> None:
        if voice.written == voice.anchor_written:
            # The clip's start, or the end of a pause.
            self._reel.join(voice.anchor)
        pcm = voice.decoder.read(wanted)
        self._reel.append(_scaled(pcm, self._volume))
        voice.written += len(pcm) // SAMPLE_BYTES
        if not voice.begun and voice.sounds:
            voice.begun = True
            self._events.append(Begun(voice.airing, max(voice.at, voice.reaches - wanted / RATE)))
        if len(pcm) // SAMPLE_BYTES < wanted:
            self._end(error=voice.decoder.failure(), silent=voice.streams)

    def _fade_out(self) -> None:
        """Write what is left of the sound, ever softer, past the present instant."""
        voice = self._voice
        if voice is None or voice.paused or not voice.written or not self._fade:
            return
        pcm = _faded(voice.decoder.read(self._fade))
        self._reel.append(_scaled(pcm, self._volume))
        voice.written += len(pcm) // SAMPLE_BYTES

    def _end(self, *, error: str | None, silent: bool = False) -> None:
        voice = self._voice
        if voice is not None:
            heard = voice.heard_ms
            self._ended = {voice.airing: heard}
            self._events.append(Ended(voice.airing, heard, error, silent=silent and bool(error)))
            self._drop()

    def _drop(self) -> None:
        """Let go of what sounds; what follows takes its place, at its instant or right here."""
        voice, self._voice, self._next = self._voice, self._next, None
        if voice is None:
            return
        voice.decoder.close()
        if self._voice is not None:
            free = self._clock.monotonic() if voice.paused or not voice.written else voice.reaches
            self._voice.at = self._voice.anchor = max(self._voice.at, free)

    def _decoder(self, path: Path | None, item: Item, from_ms: int) -> Decoder | Stream:
        gain = item.gain_mdb
        if path is None:
            return Stream(checked_source(item.source), self._clock, gain_mdb=gain, patience=self._silence)
        media_type = item.clip.media_type if item.clip else ""
        return Decoder(path, media_type=media_type, gain_mdb=gain, from_ms=from_ms)

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
    return _each(pcm, lambda sample, _at, _count: sample * percent // _FULL)


def _faded(pcm: bytes) -> bytes:
    return _each(pcm, lambda sample, at, count: sample * (count - at) // count)


def _each(pcm: bytes, change: Callable[[int, int, int], int]) -> bytes:
    """Change every sample by (sample, its index, how many there are)."""
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    count = len(samples)
    changed = array.array("h", [change(sample, at, count) for at, sample in enumerate(samples)])
    if sys.byteorder == "big":
        changed.byteswap()
    return changed.tobytes()
