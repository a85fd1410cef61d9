"""What sounds: the thin shell between decisions, the player and the journal.

Every airing passes `starting` (committed), the player, and one end.  An emergency sets what it cuts
off aside; what comes back later keeps its one `starting` and gets its one end.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from audio.players.base import Begun, Ended, Player
from content.contracts.airings import Reason, State
from content.contracts.manifest import Item
from content.errors import CorruptError, UnavailableError
from station.acts import Act, End
from station.cues import Cues
from station.decide import Held, Start, is_emergency
from station.journal import Journal
from station.timekeeping import Timekeeper

STALL_SECONDS = 5.0
PROGRESS_SECONDS = 5.0
OVER_LIMIT_MS = 10_000
LONGEST_PAUSE_SECONDS = 900.0

log = logging.getLogger("station")


class Stage:
    """One player's airing of the moment, and those set aside for an emergency."""

    def __init__(
        self, player: Player, journal: Journal, cues: Cues, timekeeper: Timekeeper, *, zone: ZoneInfo
    ) -> None:
        self.player = player
        self.cues = cues
        self._journal = journal
        self._time = timekeeper
        self._zone = zone
        self.current: Act | None = None
        self.aside: list[Act] = []
        self.emergencies: list[tuple[datetime, datetime | None]] = []
        self._owed: list[End] = []

    @property
    def playing(self) -> Item | None:
        """The airing that sounds or is about to."""
        return self.current.item if self.current else None

    @property
    def held(self) -> Held | None:
        """What is to come back first."""
        return self.aside[-1].held if self.aside else None

    @property
    def clips(self) -> set[str]:
        """The clips of what sounds and what is to come back."""
        acts = [*self.aside, *([self.current] if self.current else [])]
        return {act.item.clip.sha256 for act in acts if act.item.clip}

    def begin(self, start: Start, *, generation: int) -> None:
        """Commit `starting`, then hand the clip to the player for its instant; wait while it is not ready."""
        item = start.item
        if not self.cues.ready(item.id):
            return
        if start.cut:
            self._set_aside()
        self._journal.starting(item, generation=generation, note=start.note)
        self.cues.used(item.id)
        words = [start.note] if start.note else []
        act = Act(item, generation, self._time.monotonic_of(start.at), words=words)
        if is_emergency(item):
            self.emergencies.append((self._time.now(), None))
        self._sound(act)

    def listen(self) -> None:
        """Take what the player reports, and write down ends that could not be written before."""
        self.settle()
        self._hear()
        if self.current is not None:
            self._watch(self.current)

    def end(self, outcome: State, reason: Reason, *, by: str | None = None) -> None:
        """Stop what sounds and commit its end, unless it has come to its own end meanwhile."""
        self._hear()
        if self.current is not None:
            self._halt(self.current)
            self._close(self.current, outcome, reason, by=by)

    def settle(self) -> None:
        """Commit the ends that are owed to the journal; what it cannot take stays owed."""
        while self._owed:
            self._write(self._owed[0])
            del self._owed[0]

    def end_aside(self, act: Act, outcome: State, reason: Reason, *, by: str | None = None) -> None:
        """Commit the end of something set aside."""
        self.aside.remove(act)
        self._commit(act, outcome, reason, by=by)

    def end_all(self, outcome: State, reason: Reason, *, by: str | None = None) -> None:
        """End what sounds and all that was set aside."""
        self.end(outcome, reason, by=by)
        for act in list(self.aside):
            self.end_aside(act, outcome, reason, by=by)

    def come_back(self, *, allowed: bool) -> None:
        """Go on with what an emergency cut off, or give it up."""
        act = self.aside[-1]
        if not allowed:
            self.end_aside(act, State.PREEMPTED, Reason.EMERGENCY)
            return
        self.aside.pop()
        if act.item.after_preempt == "restart":
            act.position_ms = 0
        try:
            self.cues.load_again(act.item, from_ms=act.position_ms)
        except (CorruptError, UnavailableError) as error:
            self._lose(act, str(error))
            return
        act.words.append(f"back at {act.position_ms} ms after an emergency")
        act.due_at = self._time.clock.monotonic()
        log.info("back on air: %s from %s", act.item.title, _clock_face(act.position_ms))
        self._sound(act)
        if act.paused:
            self.player.pause()

    def pause(self) -> bool:
        """Hold what sounds; tell whether there was something to hold."""
        if self.current is None or self.current.paused:
            return False
        self.player.pause()
        self.current.paused, self.current.paused_at = True, self._time.clock.monotonic()
        return True

    def resume(self) -> bool:
        """Go on with what was held; tell whether there was."""
        if self.current is None or not self.current.paused:
            return False
        self.player.resume()
        self.current.paused, self.current.moved_at = False, self._time.clock.monotonic()
        return True

    def _hear(self) -> None:
        for event in self.player.poll():
            if self.current is None or event.airing != self.current.item.id:
                continue
            if isinstance(event, Begun):
                self._begun(self.current, event)
            else:
                self._ended(self.current, event)

    def _sound(self, act: Act) -> None:
        self.current = act
        act.moved_at = act.noted_at = act.due_at
        try:
            self.player.start(act.item.id, at=act.due_at)
        except UnavailableError as error:
            self.current = None
            self._lose(act, str(error))

    def _lose(self, act: Act, why: str) -> None:
        act.words.append(why)
        log.warning("the player failed on %s: %s", act.item.title, why)
        self._commit(act, State.INTERRUPTED, Reason.PLAYER_FAILED)

    def _begun(self, act: Act, event: Begun) -> None:
        if act.started_at is None:
            act.started_at = self._time.wall_of(event.at)
            self._journal.begun(act.item.id, act.started_at)
            local = act.started_at.astimezone(self._zone)
            log.info(
                "on air %s: %s (%s)", f"{local:%H:%M:%S}", act.item.title, _clock_face(act.item.duration_ms)
            )

    def _ended(self, act: Act, event: Ended) -> None:
        act.position_ms = event.heard_ms
        if event.error is None:
            self._close(act, State.PLAYED, None)
        else:
            self.current = None
            self._lose(act, event.error)

    def _watch(self, act: Act) -> None:
        """Note progress, and end what stands still or runs far beyond its length."""
        now, position = self._time.clock.monotonic(), self.player.position()
        if position > act.position_ms or act.paused:
            act.position_ms, act.moved_at = position, now
        held_too_long = act.paused and now - act.paused_at > LONGEST_PAUSE_SECONDS
        if held_too_long or position > act.item.duration_ms + OVER_LIMIT_MS:
            self.end(State.PARTIAL, Reason.OVER_LIMIT)
        elif now - act.moved_at > STALL_SECONDS:
            act.words.append("the player stood still")
            self.end(State.INTERRUPTED, Reason.PLAYER_FAILED)
        elif now - act.noted_at >= PROGRESS_SECONDS:
            act.noted_at = now
            self._journal.progress(act.item.id, act.position_ms)

    def _set_aside(self) -> None:
        act = self.current
        if act is None:
            return
        self._halt(act)
        log.warning("an emergency cuts off %s at %s", act.item.title, _clock_face(act.position_ms))
        act.words.append(f"cut off at {act.position_ms} ms by an emergency")
        if act.item.after_preempt == "drop":
            self._close(act, State.PREEMPTED, Reason.EMERGENCY)
            return
        self._journal.progress(act.item.id, act.position_ms)
        self.current = None
        self.aside.append(act)

    def _halt(self, act: Act) -> None:
        act.position_ms = max(act.position_ms, self.player.stop())
        for event in self.player.poll():
            if isinstance(event, Begun):
                self._begun(act, event)

    def _close(self, act: Act, outcome: State, reason: Reason | None, *, by: str | None = None) -> None:
        self.current = None
        self._commit(act, outcome, reason, by=by)

    def _commit(self, act: Act, outcome: State, reason: Reason | None, *, by: str | None = None) -> None:
        if is_emergency(act.item) and self.emergencies:
            self.emergencies[-1] = (self.emergencies[-1][0], self._time.now())
        self._owed.append(End(act, outcome, reason, by))
        self.settle()

    def _write(self, end: End) -> None:
        act, silent = end.act, end.silent
        if silent and end.reason:
            words = {"by": end.by, "note": act.note}
            self._journal.not_played(act.item, silent, end.reason, generation=act.generation, **words)
        else:
            self._journal.finished(act.opened(), end.outcome, end.reason, by=end.by, note=act.note)
        because = f" ({end.reason})" if end.reason else ""
        heard = _clock_face(act.position_ms)
        log.info("%s%s: %s, heard %s", silent or end.outcome, because, act.item.title, heard)


def _clock_face(ms: int) -> str:
    return str(timedelta(seconds=ms // 1000))
