"""What is done with mpv: opened ahead, let go, followed, watched, replaced.  One caller at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from audio.players.base import Begun, Ended, Mended, PlayerEvent
from audio.players.handle import Handle
from audio.players.ipc import Heard, StuckError
from audio.players.runs import LEVEL, Cue, Run
from content.clock import Clock
from content.errors import UnavailableError

STUCK_SECONDS = 2.0
DRAIN_SECONDS = 3.0
JOIN_SECONDS = 0.02
READ_SECONDS = 0.25
FIRST_READ_SECONDS = 0.1
IDLE_SECONDS = 5.0
RETRY_SECONDS = 1.0
REOPEN_SECONDS = 5.0
LEAST_LIFE_SECONDS = 1.0
MOST_MENDED = 3
LONGEST_LEAD = 0.25
LEARNED = 0.25

log = logging.getLogger("station")


class Deck:
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

    def position(self) -> int:
        """Return the position of what sounds."""
        return self.run.position(self._clock.monotonic()) if self.run else 0

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

    def tick(self) -> None:
        """Do what has come due; an mpv that does not answer or is gone is replaced."""
        self._guarded(self._tick)

    def nap(self) -> float:
        """Return the seconds until there is something to do."""
        now, run = self._clock.monotonic(), self.run
        if run is None:
            return IDLE_SECONDS
        next_look = self._read_at if run.released is not None else run.at - self.lead
        if run.paused:
            next_look = now + IDLE_SECONDS
        if run.until is not None:
            next_look = min(next_look, run.until - self._mpv.fade)
        return max(0.0, next_look - now)

    def _tick(self) -> None:
        self._reopen()
        for heard in self._mpv.events():
            self._hear(heard)
        run, now = self.run, self._clock.monotonic()
        if run is None:
            return
        if run.until is not None and now >= run.until - self._mpv.fade:
            self._time_is_up(run)
        elif run.released is None:
            if now >= run.at - self.lead and not run.paused:
                self._release(run, now)
        elif now >= self._read_at and not run.paused:
            self._read(run)

    def _release(self, run: Run, now: float) -> None:
        """Let go what lies open and paused."""
        run.let_go(now)
        self._read_at = now + FIRST_READ_SECONDS
        self._mpv.put("pause", False)

    def _read(self, run: Run) -> None:
        """See how far it is, and whether it moves and sounds."""
        seconds = self._mpv.get("audio-pts")
        now = self._clock.monotonic()
        self._read_at = now + (READ_SECONDS if run.begun else FIRST_READ_SECONDS)
        if self._followed:
            self._read_next(run, seconds, now)
            return
        if isinstance(seconds, int | float):
            first = run.read(seconds, now)
            if first is not None and run.mended == 0 and run.released is not None:
                self._learn(first - run.released)
            if first is not None and not run.cue.streams:
                self._begun(run, first)
        if run.cue.streams:
            self._read_stream(run, now)
        elif run.eof_at is not None:
            if now - run.eof_at > DRAIN_SECONDS:
                self._end(run)
        elif now - run.moved_at > STUCK_SECONDS:
            raise StuckError("mpv stood still")

    def _read_stream(self, run: Run, now: float) -> None:
        run.measure(self._mpv.get(LEVEL), now)
        if run.loud_at == now:
            self._begun(run, now - (run.known_ms - run.base_ms) / 1000)
        if now - run.loud_at > self._silence:
            self._end(run, error=f"the stream was silent for {now - run.loud_at:.0f} s", silent=True)
        elif run.retry_at is not None and now >= run.retry_at:
            self._open(run.cue, run)
            self._mpv.put("pause", False)

    def _read_next(self, run: Run, seconds: object, now: float) -> None:
        """Mpv works on what follows already; it sounds once all that was written before has sounded."""
        follower = self.next
        if follower is None or not isinstance(seconds, int | float):
            return
        begins = now - (seconds - follower.cue.from_ms / 1000)
        if now < begins:
            self._read_at = begins
            return
        self._end(run)
        follower.let_go(begins)
        follower.read(seconds, now)
        self._begun(follower, begins)

    def _begun(self, run: Run, at: float) -> None:
        if run.begun:
            return
        run.begun = True
        if run.mended == 0:
            self.events.append(Begun(run.airing, at))
        length = self._mpv.get("duration")
        if isinstance(length, int | float) and not run.cue.streams:
            run.length_ms = round(length * 1000)

    def _learn(self, needed: float) -> None:
        """Take a measure of how long it is from letting go to the first sample."""
        if needed <= LONGEST_LEAD:
            self.lead = max(0.0, self.lead + LEARNED * (needed - self.lead))

    def _hear(self, heard: Heard) -> None:
        run, entry = self.run, heard.data.get("playlist_entry_id")
        if heard.name == "gone":
            raise StuckError("mpv died")
        if heard.name == "end-file" and self._loaded is not None and entry == self._loaded[1]:
            # It could not be opened ahead; it is tried again when its time has come.
            self._loaded = None
        follower = self.next
        if follower is not None and entry is not None and entry == follower.entry:
            self._followed = True
            if heard.name == "end-file":
                self._file_ended(follower, heard)
                # A stream that could not be opened is opened again in its turn.
                self._followed = self._followed and follower.entry is not None
        elif heard.name == "end-file" and run is not None and entry is not None and entry == run.entry:
            self._file_ended(run, heard)
        elif heard.name == "idle":
            while self.run is not None and self.run.eof_at is not None:
                self._end(self.run, at=heard.at)

    def _file_ended(self, run: Run, heard: Heard) -> None:
        reason = heard.data.get("reason")
        if run.cue.streams:
            run.entry, run.retry_at = None, heard.at + RETRY_SECONDS
            run.base_ms = run.known_ms
        elif reason == "eof":
            run.eof_at = heard.at
        elif reason == "error":
            self._fail(run, str(heard.data.get("file_error", "mpv cannot play it")))

    def _fail(self, run: Run, why: str) -> None:
        if run is self.run:
            self._end(run, error=why)
        else:
            self.next, self._followed = None, False
            self.events.append(Ended(run.airing, 0, why))

    def _time_is_up(self, run: Run) -> None:
        if run.released is not None and not run.paused:
            self._fall_silent(run)
        self._end(run)

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

    def _guarded(self, call: Callable[[], object]) -> None:
        """Do `call`; when mpv does not answer or is gone, replace it."""
        try:
            call()
        except StuckError as error:
            self._replace(error.why)

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

    def _first(self) -> None:
        """Open mpv; a station whose sound does not work yet lives, and tries again."""
        try:
            self._mpv.open()
        except UnavailableError as error:
            log.warning("mpv does not work: %s", error)
            self._lose(None, str(error))

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

    def _reopen(self) -> None:
        if self._mpv.pid is None and self._clock.monotonic() >= self._reopen_at:
            self._replace("mpv does not run")
