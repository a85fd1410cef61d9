"""The loudspeaker: one long-lived mpv, told what to do by the station's loop and watched by a thread."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from audio.players.base import FADE_SECONDS, SILENCE_SECONDS, PlayerEvent
from audio.players.deck import Deck
from audio.players.decoding import RATE, Decoder
from audio.players.runs import Cue, Run
from content.clock import Clock
from content.contracts.manifest import Item
from content.errors import UnavailableError

DEVICE = "auto"
LONGEST_NAP = 5.0

log = logging.getLogger("station")


class MpvPlayer:
    """Plays to `device` (a name of `mpv --audio-device=help`, `auto` for the machine's own choice)."""

    name = "mpv"

    def __init__(
        self,
        clock: Clock,
        *,
        device: str = DEVICE,
        silence: float = SILENCE_SECONDS,
        fade: float = FADE_SECONDS,
    ) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closing = False
        self._deck = Deck(clock, device=device, silence=silence, fade=fade, wake=self._wake.set)
        self._thread = threading.Thread(target=self._pace, name="player", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The number of the process that sounds, None while there is none."""
        return self._deck.pid

    @property
    def lead(self) -> float:
        """How many seconds before its instant a clip is let go, as learned from the output."""
        return self._deck.lead

    def preload(self, path: Path | None, item: Item, *, from_ms: int = 0) -> None:
        """See that the clip gives sound; open it, if nothing else is open, and hold it."""
        cue = Cue(item, path, from_ms)
        if path is not None and item.clip is not None:
            decoder = Decoder(path, media_type=item.clip.media_type, from_ms=from_ms)
            try:
                decoder.prime(RATE // 5)
            finally:
                decoder.close()
        with self._lock:
            self._deck.take(cue)

    def discard(self, airing: str) -> None:
        """Forget the cue; close it if it lies open."""
        with self._lock:
            self._deck.forget(airing)

    def start(self, airing: str, *, at: float, until: float | None = None) -> None:
        """Let the cue go at `at`, or let it follow what sounds."""
        with self._lock:
            cue = self._deck.cues.get(airing)
            if cue is None or self._deck.next is not None:
                raise UnavailableError("Lượt phát {airing} chưa được chuẩn bị.", airing=airing)
            self._deck.begin(Run(cue, max(at, self._clock.monotonic()), until))
        self._wake.set()

    def poll(self) -> tuple[PlayerEvent, ...]:
        """Return and forget what happened."""
        with self._lock:
            events, self._deck.events = tuple(self._deck.events), []
        return events

    def position(self) -> int:
        """Return the position of what plays."""
        with self._lock:
            return self._deck.position()

    def pause(self) -> None:
        """Hold what plays."""
        with self._lock:
            self._deck.pause()

    def resume(self) -> None:
        """Go on with what was held."""
        with self._lock:
            self._deck.resume()
        self._wake.set()

    def stop(self, airing: str) -> int:
        """Fade out what plays; what follows is opened in its place."""
        with self._lock:
            position = self._deck.stop(airing)
        self._wake.set()
        return position

    def set_volume(self, percent: int) -> None:
        """Scale everything from now on."""
        with self._lock:
            self._deck.set_volume(percent)

    def close(self) -> None:
        """Fade out, end mpv and the thread."""
        self._closing = True
        self._wake.set()
        self._thread.join(timeout=5)
        with self._lock:
            self._deck.close()

    def _pace(self) -> None:
        while not self._closing:
            self._wake.clear()
            with self._lock:
                nap = self._tick()
            self._clock.wait(self._wake, nap)

    def _tick(self) -> float:
        try:
            self._deck.tick()
        except Exception as error:  # the thread's boundary: the airing ends with an error, the thread lives
            log.exception("the player's thread failed")
            self._deck.give_up(str(error))
            return LONGEST_NAP
        return min(LONGEST_NAP, self._deck.nap())
