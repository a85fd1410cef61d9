"""What has ended makes room for what follows; an mpv that does not answer or is gone is replaced."""

from __future__ import annotations

import logging
from collections.abc import Callable

from audio.players.base import Begun, Ended, Mended
from audio.players.ipc import StuckError
from audio.players.runs import Run
from audio.players.table import Table
from content.errors import UnavailableError

READ_SECONDS = 0.25
REOPEN_SECONDS = 5.0
LEAST_LIFE_SECONDS = 1.0
MOST_MENDED = 3

log = logging.getLogger("station")


class Mending(Table):
    """Does what may fail, and puts another mpv in the place of one that did."""

    def _guarded(self, call: Callable[[], object]) -> None:
        """Do `call`; when mpv does not answer or is gone, replace it."""
        try:
            call()
        except StuckError as error:
            self._replace(error.why)

    def _first(self) -> None:
        """Open mpv; a station whose sound does not work yet lives, and tries again."""
        try:
            self._mpv.open()
        except UnavailableError as error:
            log.warning("mpv does not work: %s", error)
            self._lose(None, str(error))

    def _reopen(self) -> None:
        if self._mpv.pid is None and self._clock.monotonic() >= self._reopen_at:
            self._replace("mpv does not run")

    def _replace(self, why: str) -> None:
        """Kill mpv, start another, and go on from where it was."""
        run, position = self.run, self.position()
        log.warning("mpv is started anew: %s", why)
        self._mpv.kill()
        self._loaded, self._followed = None, False
        if self.next is not None:
            self.next.entry = None
        now = self._clock.monotonic()
        if now < self._reopen_at:
            self._lose(run, why)
            return
        if run is not None:
            run.mended += 1
        self._reopen_at = now + LEAST_LIFE_SECONDS
        try:
            self._mpv.open()
            self._take_up(run, position, why)
        except UnavailableError as error:
            self._lose(run, str(error))

    def _take_up(self, run: Run | None, position: int, why: str) -> None:
        if run is None:
            self._open_ahead()
        elif run.mended > MOST_MENDED:
            self._end(run, error=why)
        else:
            self._open_at(run, position)
            self._read_at = self._clock.monotonic() + READ_SECONDS
            self.events.append(Mended(run.airing, position, why))
            self._list()

    def _lose(self, run: Run | None, why: str) -> None:
        """There is no mpv to be had: what sounds and what follows end; it is tried again later."""
        self._mpv.kill()
        self._reopen_at = self._clock.monotonic() + REOPEN_SECONDS
        for lost in (run, self.next):
            if lost is not None:
                now = self._clock.monotonic()
                self.events.append(Ended(lost.airing, lost.position(now), why))
        self.run = self.next = None

    def _end(
        self, run: Run, *, error: str | None = None, silent: bool = False, at: float | None = None
    ) -> None:
        """Say that `run` has ended, and go on with what follows."""
        now = self._clock.monotonic()
        if error is None and not run.begun and run.released is not None and not run.cue.streams:
            # It was too short to be read while it sounded.
            self.events.append(Begun(run.airing, run.released + self.lead))
        heard = run.position(now if at is None else at)
        if run.eof_at is not None and not error:
            heard = max(heard, run.length_ms) if run.until is None else heard
        if silent:
            heard = max(0, heard - round((now - run.loud_at) * 1000))
        self._ended = {run.airing: heard}
        self.events.append(Ended(run.airing, heard, error, silent=silent))
        self.run = None
        if silent or error:
            self._guarded(lambda: self._mpv.ask("stop"))
        self._go_on()

    def _go_on(self) -> None:
        """Let what follows take the place of what ended; open what is ready otherwise."""
        run, self.next = self.next, None
        followed, self._followed = self._followed, False
        self._loaded = None
        self.run = run
        if run is None:
            self._guarded(self._open_ahead)
        elif followed:
            run.let_go(run.released or self._clock.monotonic())
        else:
            run.entry = None
            run.at = max(run.at, self._clock.monotonic())
            self._guarded(lambda: self._hold(run))
