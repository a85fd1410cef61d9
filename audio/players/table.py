"""What lies where in mpv: cues that wait, what sounds, what follows.  StuckError is for whoever calls."""

from __future__ import annotations

from collections.abc import Callable

from audio.players.base import PlayerEvent
from audio.players.handle import Handle
from audio.players.runs import Cue, Run
from content.clock import Clock

JOIN_SECONDS = 0.02


class Table:
    """One mpv and what it sounds: `run`, and `next` after it; `cues` wait, one of them open and paused.

    `lead`: how long before its instant a clip is let go, learned from when the output says it began.
    """

    def __init__(
        self, clock: Clock, *, device: str, silence: float, fade: float, wake: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._silence = silence
        self._loaded: tuple[str, int] | None = None
        self._read_at = 0.0
        self._reopen_at = 0.0
        self._followed = False
        self._ended: dict[str, int] = {}
        self.cues: dict[str, Cue] = {}
        self.run: Run | None = None
        self.next: Run | None = None
        self.events: list[PlayerEvent] = []
        self.lead = 0.0
        self._mpv = Handle(clock, device=device, fade=fade, wake=wake)

    def position(self) -> int:
        """Return the position of what sounds."""
        return self.run.position(self._clock.monotonic()) if self.run else 0

    def _fall_silent(self, run: Run) -> None:
        self._followed = False
        self._mpv.stop(fading=run.released is not None and not run.paused)

    def _hold(self, run: Run) -> None:
        """Have `run` open and paused, unless it is already."""
        if self._loaded is not None and self._loaded[0] == run.airing:
            run.entry = self._loaded[1]
        else:
            self._open(run.cue, run)
        self._loaded = None

    def _open_ahead(self) -> None:
        if self.run is None and self._loaded is None and self.cues:
            cue = min(self.cues.values(), key=lambda cue: cue.item.starts_at)
            self._loaded = (cue.item.id, self._mpv.load(cue, cue.from_ms))

    def _open(self, cue: Cue, run: Run) -> None:
        run.retry_at = None
        run.entry = self._mpv.load(cue, run.known_ms)

    def _list(self) -> None:
        """Put what follows into mpv's own list when it is to follow without a gap."""
        run, follower = self.run, self.next
        if run is None or follower is None or run.paused or run.eof_at or run.cue.streams:
            return
        if run.until is None and run.entry is not None and follower.at <= run.ends_at() + JOIN_SECONDS:
            follower.entry = self._mpv.load(follower.cue, follower.cue.from_ms, "append")

    def _unlist(self, run: Run) -> None:
        """Take out what was to follow; when mpv works on it already, what sounds is opened anew."""
        if not self._followed:
            self._mpv.ask("playlist-remove", 1)
            return
        self._followed = False
        if self.run is not None and run.entry is not None:
            self._open_at(self.run, self.position())

    def _open_at(self, run: Run, position: int) -> None:
        """Open `run` at a position and let it go on if it was let go."""
        run.known_ms, run.known_at = position, self._clock.monotonic()
        run.base_ms = position if run.cue.streams else 0
        run.eof_at, run.moved_at = None, run.known_at
        self._open(run.cue, run)
        if run.released is not None and not run.paused:
            self._mpv.put("pause", False)
