"""What is said to mpv, whether there is one or not: files, volume, fading; StuckError when nobody answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from audio.players.ipc import Heard, Mpv, StuckError
from audio.players.runs import Cue
from content.clock import Clock

START_SECONDS = 10.0
FADE_STEPS = 6
FULL = 100


class Handle:
    """One mpv at a time, opened, spoken with and killed; `wake` is called when it has something to tell."""

    def __init__(self, clock: Clock, *, device: str, fade: float, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._device = device
        self._wake = wake
        self._never = threading.Event()
        self._volume = FULL
        self._mpv: Mpv | None = None
        self.fade = fade

    @property
    def pid(self) -> int | None:
        """The number of the process, None when there is none."""
        return self._mpv.pid if self._mpv else None

    def open(self) -> None:
        """Start mpv at the volume that was set; raises UnavailableError.

        A small machine that boots takes some seconds for that.
        """
        self._mpv = Mpv(self._clock, device=self._device, wake=self._wake)
        self._mpv.ask("get_property", "mpv-version", patience=START_SECONDS)
        self.scale(1.0)

    def kill(self) -> None:
        """End mpv, whatever it does."""
        if self._mpv is not None:
            self._mpv.kill()
        self._mpv = None

    def events(self) -> list[Heard]:
        """Return what mpv told since the last call."""
        return self._mpv.events() if self._mpv else []

    def load(self, cue: Cue, from_ms: int, how: str = "replace") -> int:
        """Open a cue, paused, or put it into the list with `append`; return its number there."""
        if how == "replace":
            self.put("pause", True)
        answer = self.ask("loadfile", cue.target, how, cue.options(from_ms))
        if not isinstance(answer, dict) or "playlist_entry_id" not in answer:
            raise StuckError("mpv took no file")
        return int(answer["playlist_entry_id"])

    def stop(self, *, fading: bool) -> None:
        """Fade out if asked to, and stop; the volume is back for what comes next."""
        for step in range(FADE_STEPS if fading else 0, 0, -1):
            self.scale((step - 1) / FADE_STEPS)
            self._clock.wait(self._never, self.fade / FADE_STEPS)
        self.put("pause", True)
        self.ask("stop")
        self.scale(1.0)

    def set_volume(self, percent: int) -> None:
        """Scale everything, 0 to 100."""
        self._volume = max(0, min(FULL, percent))
        self.scale(1.0)

    def scale(self, fraction: float) -> None:
        """Sound at a fraction of the volume; mpv's own scale is cubic."""
        self.put("volume", round(100 * (self._volume / FULL * fraction) ** (1 / 3), 2))

    def ask(self, *command: object) -> object:
        """Give a command and return its answer."""
        return self._there().ask(*command)

    def put(self, name: str, value: object) -> None:
        """Set a property."""
        self._there().put(name, value)

    def get(self, name: str) -> object:
        """Return a property, None when it has no value now."""
        return self._there().get(name)

    def _there(self) -> Mpv:
        if self._mpv is None:
            raise StuckError("mpv does not run")
        return self._mpv
