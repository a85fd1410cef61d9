"""What is done with mpv: opened ahead, let go, followed, held, stopped.  One caller at a time."""

from __future__ import annotations

from collections.abc import Callable

from audio.players.runs import Cue, Run
from audio.players.watching import Watching
from content.clock import Clock
from content.errors import UnavailableError


class Deck(Watching):
    """What a player asks for; `table` says what lies where, `watching` sees, `mending` replaces."""

    def __init__(
        self, clock: Clock, *, device: str, silence: float, fade: float, wake: Callable[[], None]
    ) -> None:
        super().__init__(clock, device=device, silence=silence, fade=fade, wake=wake)
        self._first()

    @property
    def pid(self) -> int | None:
        """The number of mpv's process."""
        return self._mpv.pid

    def take(self, cue: Cue) -> None:
        """Keep a cue, and open it if nothing else is; UnavailableError while there is no mpv."""
        self.forget(cue.item.id)
        self.cues[cue.item.id] = cue
        self._guarded(self._open_ahead)
        if self._mpv.pid is None:
            raise UnavailableError("Không chạy được mpv.")

    def forget(self, airing: str) -> None:
        """Let go of a cue, or of what was to follow."""
        self.cues.pop(airing, None)
        if self.next is not None and self.next.airing == airing:
            run, self.next = self.next, None
            if run.entry is not None:
                self._guarded(lambda: self._unlist(run))
        if self.run is None and self._loaded is not None and self._loaded[0] == airing:
            self._loaded = None
            self._guarded(lambda: self._mpv.ask("stop"))

    def begin(self, run: Run) -> None:
        """Sound `run` at its instant, or after what sounds."""
        self.cues.pop(run.airing)
        if self.run is None:
            self.run = run
            self._guarded(lambda: self._hold(run))
        else:
            self.next = run
            self._guarded(self._list)

    def pause(self) -> None:
        """Hold what sounds."""
        run = self.run
        if run is not None and not run.paused:
            run.known_ms, run.known_at = self.position(), self._clock.monotonic()
            run.paused = True
            self._guarded(lambda: self._mpv.put("pause", True))

    def resume(self) -> None:
        """Go on with what was held."""
        run = self.run
        if run is not None and run.paused:
            run.paused = False
            run.known_at = run.moved_at = run.loud_at = self._clock.monotonic()
            if run.released is not None:
                self._guarded(lambda: self._mpv.put("pause", False))

    def stop(self, airing: str) -> int:
        """Fade out `airing` and let what follows take its place; return where that began, or it had ended."""
        run, position = self.run, self.position()
        if run is None or run.airing != airing:
            return self._ended.get(airing, 0)
        self.run = None
        self._guarded(lambda: self._fall_silent(run))
        self._go_on()
        return position

    def set_volume(self, percent: int) -> None:
        """Scale everything, 0 to 100."""
        self._guarded(lambda: self._mpv.set_volume(percent))

    def close(self) -> None:
        """Fade out and end mpv."""
        run, self.run, self.next = self.run, None, None
        if run is not None:
            self._guarded(lambda: self._fall_silent(run))
        self._mpv.kill()

    def give_up(self, why: str) -> None:
        """End what sounds with an error, and mpv; it is opened again in a while."""
        self._lose(self.run, why)
