"""What mpv is seen and heard to do: begun, moving, silent, ended."""

from __future__ import annotations

from audio.players.base import Begun, Ended
from audio.players.ipc import Heard, StuckError
from audio.players.mending import READ_SECONDS, Mending
from audio.players.runs import LEVEL, Run

STUCK_SECONDS = 2.0
DRAIN_SECONDS = 3.0
FIRST_READ_SECONDS = 0.1
IDLE_SECONDS = 5.0
RETRY_SECONDS = 1.0
LONGEST_LEAD = 0.25
LEARNED = 0.25


class Watching(Mending):
    """Lets go what has come due, and looks how far it is."""

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
