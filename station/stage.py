"""What sounds: the thin shell between decisions, the player and the journal.

Every airing passes `starting` (committed), the player, and one end.  What follows closely is handed to
the player while the one before it still sounds.  An emergency sets what it cuts off aside; what comes
back later keeps its one `starting` and gets its one end.
"""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from audio.players.base import Begun, Ended, Mended, Player, PlayerEvent
from content.contracts.airings import Reason, State
from content.contracts.manifest import Item
from content.contracts.notes import Noted, Part
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
STAND_IN_SECONDS = 1.0
"""A relay's time of which less is left is not filled."""

log = logging.getLogger("station")


class Stage:
    """One player's airing of the moment, what follows it, and those set aside for an emergency."""

    def __init__(
        self, player: Player, journal: Journal, cues: Cues, timekeeper: Timekeeper, *, zone: ZoneInfo
    ) -> None:
        self.player = player
        self.cues = cues
        self._journal = journal
        self._time = timekeeper
        self._zone = zone
        self.current: Act | None = None
        self.follower: Act | None = None
        self.aside: list[Act] = []
        self._emergencies: dict[str, tuple[datetime, datetime | None]] = {}
        self._unheard: deque[PlayerEvent] = deque()
        self._owed: list[End] = []

    @property
    def playing(self) -> Item | None:
        """The airing that sounds or is about to."""
        return self.current.item if self.current else None

    @property
    def following(self) -> Item | None:
        """The airing that the player takes up next."""
        return self.follower.item if self.follower else None

    @property
    def ends_at(self) -> datetime | None:
        """When what sounds will end if nothing comes between; None when nobody can tell."""
        now = self._time.clock.monotonic()
        ends = self.current.ends_at(now) if self.current else None
        return None if ends is None else self._time.now() + timedelta(seconds=ends - now)

    @property
    def emergencies(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """The spans in which emergencies sounded; the end is None while one does."""
        return tuple(self._emergencies.values())

    @property
    def held(self) -> Held | None:
        """What is to come back first."""
        return self.aside[-1].held(self._time.clock.monotonic()) if self.aside else None

    @property
    def clips(self) -> set[str]:
        """The clips of what sounds, of what follows and of what is to come back."""
        acts = [act for act in (*self.aside, self.current, self.follower) if act]
        return {act.item.clip.sha256 for act in acts if act.item.clip}

    def begin(self, start: Start, *, generation: int) -> bool:
        """Commit `starting`, then hand the clip to the player; False while it is not ready."""
        item = start.item
        if not self.cues.ready(item.id):
            return False
        if start.cut:
            self._set_aside()
        self._journal.starting(item, generation=generation, note=start.note)
        self.cues.used(item.id)
        words = [start.note] if start.note else []
        due_at = self._time.monotonic_of(start.at)
        until = due_at + item.duration_ms / 1000 if item.source else None
        act = Act(item, generation, due_at, until=until, words=words)
        if is_emergency(item):
            self._emergencies[item.id] = (self._time.now(), None)
        if self.current is None:
            self.current = act
        else:
            self.follower = act
        self._hand_over(act)
        return True

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

    def end_follower(self, outcome: State, reason: Reason, *, by: str | None = None) -> None:
        """Take back what was to follow and commit that it has not sounded."""
        act = self._withdraw()
        if act is not None:
            self._commit(act, outcome, reason, by=by)

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
        """End what sounds, what was to follow and all that was set aside."""
        self.end_follower(outcome, reason, by=by)
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
        if act.item.after_preempt == "restart" or act.relays:
            act.before_ms += act.position_ms if act.relays else 0
            act.position_ms = 0
        act.words.append(str(Part(Noted.BACK, act.heard_ms)))
        act.stands_in = False
        act.due_at = self._time.clock.monotonic()
        self.current = act
        if not self._take_up(act):
            return
        log.info("back on air: %s from %s", act.item.title, _clock_face(act.heard_ms))
        if act.paused:
            self.player.pause()

    def pause(self) -> bool:
        """Hold what sounds, and what was to follow it; tell whether there was something to hold."""
        if self.current is None or self.current.paused:
            return False
        if self.follower is not None:
            self.player.discard(self.follower.item.id)
            self.follower.handed = False
        self.player.pause()
        self.current.paused, self.current.paused_at = True, self._time.clock.monotonic()
        return True

    def resume(self) -> bool:
        """Go on with what was held; tell whether there was."""
        if self.current is None or not self.current.paused:
            return False
        self.player.resume()
        self.current.paused, self.current.moved_at = False, self._time.clock.monotonic()
        if self.follower is not None and self._in_time(self.follower):
            self._take_up(self.follower)
        return True

    def _hear(self) -> None:
        self._unheard.extend(self.player.poll())
        while self._unheard:
            event = self._unheard.popleft()
            act = next((act for act in (self.current, self.follower) if self._means(event, act)), None)
            if act is None:
                continue
            if isinstance(event, Begun):
                self._begun(act, event)
            elif isinstance(event, Mended):
                self._mended(act, event)
            else:
                self._ended(act, event)

    @staticmethod
    def _means(event: PlayerEvent, act: Act | None) -> bool:
        return act is not None and act.handed and event.airing == act.item.id

    def _take_up(self, act: Act) -> bool:
        """Make ready again what was cut off or taken back, and hand it over; tell whether it could be."""
        try:
            self.cues.load_again(act.item, from_ms=act.position_ms)
        except (CorruptError, UnavailableError) as error:
            self._lose(act, str(error))
            return False
        return self._hand_over(act)

    def _hand_over(self, act: Act) -> bool:
        act.moved_at = act.noted_at = act.due_at
        try:
            self.player.start(act.item.id, at=act.due_at, until=act.until)
        except UnavailableError as error:
            self._lose(act, str(error))
            return False
        act.handed = True
        return True

    def _withdraw(self) -> Act | None:
        """Take back what was to follow, before its first sample."""
        act, self.follower = self.follower, None
        if act is not None:
            self.player.discard(act.item.id)
            act.handed = False
        return act

    def _in_time(self, act: Act) -> bool:
        """Tell whether what was to follow may still begin; else commit that it has not."""
        if self._time.now() <= act.item.not_after:
            return True
        self._drop(act)
        self._commit(act, State.MISSED, Reason.LATE)
        return False

    def _drop(self, act: Act) -> None:
        """Let go of `act`; what was to follow takes its place."""
        if act is self.follower:
            self.follower = None
        elif act is self.current:
            self.current, self.follower = self.follower, None
            if self.current is not None:
                self.current.moved_at = max(self.current.due_at, self._time.clock.monotonic())

    def _lose(self, act: Act, why: str, reason: Reason = Reason.PLAYER_FAILED) -> None:
        code = Noted.SILENT if reason is Reason.SOURCE_SILENT else Noted.FAILED
        act.words.append(str(Part(code, cause=why)))
        log.warning("not whole: %s: %s", act.item.title, why)
        self._close(act, State.INTERRUPTED, reason)

    def _mended(self, act: Act, event: Mended) -> None:
        """Write down that the output had to be opened anew, as an alarm and beside the airing."""
        act.words.append(str(Part(Noted.MENDED, event.at_ms, event.why)))
        log.warning("%s at %s of %s; it went on", event.why, _clock_face(event.at_ms), act.item.title)
        self._journal.alarm("player_restarted", f"{event.why} at {event.at_ms} ms", about=act.item.id)

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
        elif not event.silent:
            self._lose(act, event.error)
        elif not self._fill(act, event.error):
            self._lose(act, event.error, Reason.SOURCE_SILENT)

    def _fill(self, act: Act, why: str) -> bool:
        """Let a relay's clip stand in for what is left of its time; tell whether there is one."""
        now = self._time.clock.monotonic()
        if act is not self.current or self.follower is not None or act.until is None:
            return False
        if act.until - now < STAND_IN_SECONDS or not self.cues.load_stand_in(act.item):
            return False
        log.warning("%s: %s; its clip stands in", act.item.title, why)
        act.words.append(str(Part(Noted.STAND_IN, act.heard_ms, why)))
        act.before_ms, act.position_ms, act.stands_in = act.heard_ms, 0, True
        act.due_at = now
        return self._hand_over(act)

    def _watch(self, act: Act) -> None:
        """Note progress, and end what stands still or runs far beyond its length."""
        now, position = self._time.clock.monotonic(), self.player.position()
        if position > act.position_ms or act.paused or act.streams:
            act.position_ms, act.moved_at = max(position, act.position_ms), now
        over = act.until is not None and now - act.until > STALL_SECONDS
        length = act.item.duration_ms + OVER_LIMIT_MS
        held_too_long = act.paused and now - act.paused_at > LONGEST_PAUSE_SECONDS
        if held_too_long or position > length:
            self.end(State.PARTIAL, Reason.OVER_LIMIT)
        elif over or now - act.moved_at > STALL_SECONDS:
            act.words.append(Noted.STOOD_STILL)
            self.end(State.INTERRUPTED, Reason.PLAYER_FAILED)
        elif now - act.noted_at >= PROGRESS_SECONDS:
            act.noted_at = now
            self._journal.progress(act.item.id, act.heard_ms)

    def _set_aside(self) -> None:
        """Make way for an emergency; what was to follow comes back after what sounded."""
        follower = self._withdraw()
        if follower is not None:
            self._put_aside(follower)
        act = self.current
        if act is not None:
            self._halt(act)
            self.current = None
            log.warning("an emergency cuts off %s at %s", act.item.title, _clock_face(act.heard_ms))
            act.words.append(str(Part(Noted.CUT_OFF, act.heard_ms)))
            self._put_aside(act)

    def _put_aside(self, act: Act) -> None:
        act.handed = False
        if act.item.after_preempt == "drop":
            self._commit(act, State.PREEMPTED, Reason.EMERGENCY)
            return
        self._journal.progress(act.item.id, act.heard_ms)
        self.aside.append(act)

    def _halt(self, act: Act) -> None:
        act.position_ms = max(act.position_ms, self.player.stop(act.item.id))
        self._unheard.extend(self.player.poll())
        own = [event for event in self._unheard if event.airing == act.item.id]
        self._unheard = deque(event for event in self._unheard if event.airing != act.item.id)
        for event in own:
            if isinstance(event, Begun):
                self._begun(act, event)

    def _close(self, act: Act, outcome: State, reason: Reason | None, *, by: str | None = None) -> None:
        """Commit the end of `act`; what was to follow is what sounds now."""
        self._drop(act)
        self._owe(act, outcome, reason, by=by)
        current = self.current
        if current is not None and not current.handed and self._in_time(current):
            current.due_at = max(current.due_at, self._time.clock.monotonic())
            self._take_up(current)
        self.settle()

    def _commit(self, act: Act, outcome: State, reason: Reason | None, *, by: str | None = None) -> None:
        self._owe(act, outcome, reason, by=by)
        self.settle()

    def _owe(self, act: Act, outcome: State, reason: Reason | None, *, by: str | None = None) -> None:
        """Keep what is to be committed, for the journal may not take it now."""
        span = self._emergencies.get(act.item.id)
        if span is not None:
            self._emergencies[act.item.id] = (span[0], self._time.now())
        self._owed.append(End(act, outcome, reason, by))

    def _write(self, end: End) -> None:
        act, silent = end.act, end.silent
        if silent and end.reason:
            words = {"by": end.by, "note": act.note}
            self._journal.not_played(act.item, silent, end.reason, generation=act.generation, **words)
        else:
            self._journal.finished(act.opened(), end.outcome, end.reason, by=end.by, note=act.note)
        because = f" ({end.reason})" if end.reason else ""
        heard = _clock_face(act.heard_ms)
        log.info("%s%s: %s, heard %s", silent or end.outcome, because, act.item.title, heard)


def _clock_face(ms: int) -> str:
    return str(timedelta(seconds=ms // 1000))
