"""The program at the ward: one loop that listens, decides and acts, with errands to the centre beside it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
from zoneinfo import ZoneInfo

from audio.players.base import Player
from content.clock import Clock
from content.contracts.airings import Reason, State
from content.contracts.asrun import Event
from content.contracts.enrolment import HEARTBEAT_SECONDS
from content.contracts.instants import parse_instant
from content.contracts.manifest import Item, Manifest
from station.amp import next_of, open_amp
from station.ballast import Ballast
from station.centre import Centre
from station.chain import Stamp
from station.commands import Orders
from station.cues import Cues
from station.decide import LEAD, Refusal, is_emergency
from station.desk.desk import Desk
from station.desk.lock import Lock, pin_source
from station.desk.server import Server
from station.desk.window import Window
from station.director import Director
from station.errands import Errand
from station.guard import BUSY_TICK, IDLE_TICK, Guard
from station.identity import Identity
from station.journal import Journal, open_journal
from station.line import Line
from station.links import Inbox, Links
from station.loudness import Loudness
from station.machine import Machine, is_synced, this_machine
from station.programme import ALARMS, Programme, RefusedError
from station.ringing import Ringing
from station.settings import Settings, program_version
from station.spreading import share_of
from station.stage import Stage
from station.store import Store
from station.timekeeping import Timekeeper
from station.trial import Trial
from station.watchdog import Watchdog

LOOK_SECONDS = 5.0
FAREWELL_SECONDS = 5.0
RUSH_FROM_SECONDS, FETCH_SECONDS, RUSH_SECONDS = 1.5, 3.0, 3.0
"""A call comes to all at once, and first all hear it.  From when on (later where words are to be fetched),
and over how long, the stations spread what else it brings.
"""

RUSH_TICK = 0.3
"""The seconds between two looks in the rush: what has begun leaves the machine to what is still to begin."""

_REPORTS = ("as-run", "manifest", "heartbeat")

log = logging.getLogger("station")


class Agent:
    """Everything a station is, put together; `run()` until `stop()`, or a test calls `step()`."""

    def __init__(
        self,
        settings: Settings,
        identity: Identity,
        clock: Clock,
        player: Player,
        *,
        machine: Machine | None = None,
    ) -> None:
        self.enrolment = identity.enrolment
        self._outside = settings.outside
        self._machine = machine or this_machine()
        self.boot = str(uuid.uuid4())
        self.wake = threading.Event()
        self.clock = clock
        self.timekeeper = Timekeeper(clock, synced=is_synced)
        self.ballast = Ballast(settings.folder / "ballast")
        self.journal = self._open_journal(settings, identity)
        self.store = Store(settings.clips)
        self.programme = Programme(settings.manifest, self.enrolment)
        cues = Cues(player, self.store, self.journal)
        zone = ZoneInfo(self.enrolment.time_zone)
        self.stage = Stage(player, self.journal, cues, self.timekeeper, zone=zone)
        trial = Trial(
            self.stage,
            self.store,
            self.journal,
            self.programme,
            self.timekeeper,
            zone,
            settings.mode,
        )
        self.loudness = Loudness(self.journal, settings.volume)
        self.orders = Orders(self.stage, self.journal, self.loudness, test=trial.sound)
        self.director = Director(self.stage, self.orders, self.journal, self.store, self.timekeeper)
        self.amp = open_amp(settings.sound.amp, clock, self.journal)
        self.line = Line(clock, self._line_restored)
        self.guard = Guard(self.step, self.ballast, Watchdog.from_environ(clock), self._status)
        self.links = self._links(identity)
        self.ringing = self._ringing()
        self.errands = self._errands()
        self.desk = self._desk()
        self.page = self._page(settings)
        self._stopping = False
        self._reported = 0
        self._rush_until = 0.0
        self._settled = True
        self._whole_generation = 0
        self._trust_noted = False

    def stamp(self) -> Stamp:
        """Return what stands on every record."""
        keeper = self.timekeeper
        return Stamp(self.clock.now(), self.boot, keeper.uptime_ms(), keeper.offset_ms, keeper.ok)

    def boot_up(self) -> None:
        """Record the boot, report what the last run left without an end, and take the kept manifest."""
        player, enrolment = self.stage.player.name, self.enrolment
        self.ballast.take()
        self.journal.chain.record(Event.BOOT, note=f"{program_version()} {player}")
        for opened in self.journal.without_end():
            self.journal.finished(opened, State.INTERRUPTED, Reason.POWER_LOST)
            log.warning("interrupted when the program last stopped: airing %s", opened.id)
        self.journal.forget(self.clock.now())
        self.programme.restore(last=self.journal.generation)
        self.orders.restore_volume()
        generation = self.programme.generation or "none"
        log.info(
            "started %s generation %s %s, plays to %s", enrolment.station, generation, enrolment.mode, player
        )

    def run(self) -> None:
        """Work until `stop()`; then end what sounds, and say so to the centre if it can be reached.

        Raises CorruptError when the journal is found damaged: the next start opens a new one.
        """
        self.boot_up()
        # What passed while the power was off is in the journal before the centre hears of this boot:
        # a chain that reaches beyond an airing and says nothing of it proves that it was missed.
        self.guard.work()
        for errand in self.errands.values():
            errand.start()
        if self.page is not None:
            self.page.start()
        try:
            while not self._stopping:
                self.wake.clear()
                self.clock.wait(self.wake, self.guard.work())
            self._farewell()
        finally:
            self._let_go()

    def stop(self) -> None:
        """Have `run` end within a second; a flag and no lock, so that a signal may call it."""
        self._stopping = True

    def step(self) -> float:
        """Do what is to be done now; return the seconds after which to look again."""
        self.desk.window.serve()
        self.stage.listen()
        self.orders.settle()
        self._direct()
        envelope = self.links.inbox.take()
        if envelope is not None:
            self._consider(envelope)
        self._watch_clock()
        self._switch_amp()
        if self.clock.monotonic() < self._rush_until:
            return RUSH_TICK
        self._settle_in()
        self._report()
        busy = self.stage.current or self.director.near(self.programme.manifest)
        return BUSY_TICK if busy else IDLE_TICK

    def _switch_amp(self) -> None:
        if self.amp is None:
            return
        manifest, now = self.programme.manifest, self.timekeeper.now()
        following, seconds = None, 0.0
        if manifest is not None:
            called, trusted = self.orders.called(now), self.timekeeper.ok
            following, seconds = next_of(manifest, self.journal.taken, called, now, clock_ok=trusted)
        held = self.stage.held
        sounding = self.stage.playing or (held.item if held else None)
        self.amp.look(sounding, following, following_in=seconds)

    def _direct(self) -> None:
        manifest = self.programme.manifest
        if manifest is not None:
            self.orders.carry_out(manifest, self.timekeeper.now())
            self.director.direct(manifest)

    def _status(self) -> str:
        """Return what `systemctl status` shows."""
        playing, line = self.stage.playing, self.line.state
        words = f"đang phát: {playing.title}" if playing else "không phát gì"
        if not self.timekeeper.ok:
            words += "; đồng hồ chưa tin được"
        lost = "trung tâm không nhận máy này" if line.expelled else "mất kết nối với trung tâm"
        return words + (f"; {lost}" if line.up is False else "")

    def _consider(self, envelope: bytes) -> None:
        """Take a manifest from the network, or raise the alarm once; what was due by the old one is done.

        A call sounds first, then it is kept; all else that comes with it waits until the rush is over.
        """
        old = self.programme.manifest
        try:
            manifest = self.programme.consider(envelope, last=self.journal.generation)
        except RefusedError as error:
            if self.journal.alarm(error.alarm, error.why):
                log.warning("manifest refused: %s (%s)", error.why, error.alarm)
            return
        if manifest is None:
            self._calm()
            return
        log.info("manifest generation %d: %d airings", manifest.generation, len(manifest.items))
        self._settled = False
        self._recall_unlisted(manifest, old)
        called = self._called(manifest)
        missing = bool(self.store.missing(called))
        if called:
            since = FETCH_SECONDS if missing else RUSH_FROM_SECONDS
            self._rush_until = self.clock.monotonic() + since + self.links.share * RUSH_SECONDS
        else:
            self._settle_in()
        if missing or not called:
            self.errands["urgent clips"].ring()
        self._direct()
        self.programme.keep()

    def _settle_in(self) -> None:
        """Keep the manifest in force if that failed, and do what it asks for beside sounding."""
        manifest = self.programme.manifest
        if self._settled or manifest is None:
            return
        self.programme.keep()
        if manifest.generation > self.journal.generation:
            self.journal.accepted(manifest.generation)
        self._calm()
        self.store.prune(self._kept())
        self._settled = True
        self.errands["clips"].ring()
        self._beat_soon()

    def _calm(self) -> None:
        for alarm in ALARMS:
            self.journal.calm(alarm)

    def _kept(self) -> set[str]:
        """Return the clips that are never deleted: what is to sound, to come back, or to be called."""
        manifest = self.programme.manifest
        if manifest is None:
            return set(self.stage.clips)
        wanted = {item.clip.sha256 for item in manifest.items if item.clip}
        return wanted | {clip.sha256 for clip in manifest.standby} | self.stage.clips

    def _recall_unlisted(self, manifest: Manifest, old: Manifest | None) -> None:
        """Report as recalled what the old manifest listed and the new one names only as cancelled."""
        listed = {item.id for item in manifest.items}
        recalled = frozenset(manifest.cancelled) - listed - self.journal.taken
        items = [item for item in old.items if item.id in recalled] if old else []
        refusals = [Refusal(item, State.CANCELLED, Reason.RECALLED) for item in items]
        self.director.refuse(refusals, generation=manifest.generation)

    def _watch_clock(self) -> None:
        if self.timekeeper.ok:
            self.journal.calm("clock_untrusted")
            self._note_trust()
        elif self.journal.alarm("clock_untrusted", f"offset {self.timekeeper.offset_ms} ms"):
            log.warning("the clock is not to be trusted: only emergencies sound until it is right")

    def _note_trust(self) -> None:
        """Remember that the clock was right in this run of the machine: it goes on being right."""
        if self.timekeeper.measured_once and not self._trust_noted:
            self.journal.set_meta("trusted_boot", self._machine.boot)
            self._trust_noted = True

    def _line_restored(self) -> None:
        """Do at once what had to wait: nothing of it backs off for a line that stands again."""
        for name, errand in self.errands.items():
            listening = name == "bell" and self.ringing.heard
            if name in _REPORTS or (errand.failures and not listening):
                errand.ring()

    def _called(self, manifest: Manifest) -> list[Item]:
        """Return the calls of a manifest that are to sound now."""
        soon = self.timekeeper.now() + LEAD if self.timekeeper.ok else manifest.end
        return [
            item
            for item in manifest.items
            if is_emergency(item) and item.starts_at <= soon and item.id not in self.journal.taken
        ]

    def _beat_soon(self) -> None:
        """Tell the centre how things stand: at once, but in the rush of a call some time or other."""
        errand = self.errands["heartbeat"]
        if self.clock.monotonic() < self._rush_until:
            errand.hasten()
        else:
            errand.ring()

    def _report(self) -> None:
        """Have what was written reported."""
        if self.journal.chain.written != self._reported:
            self._reported = self.journal.chain.written
            self.errands["as-run"].ring()

    def _beat(self) -> None:
        player = self.stage.player.name + (" failing" if self.guard.failing else "")
        self.links.beat(boot=self.boot, playing=self.stage.playing, player=player, version=program_version())

    def _clip_arrived(self) -> None:
        """Wake the loop, and tell the centre once everything is here."""
        self.wake.set()
        generation = self.programme.generation or 0
        if generation > self._whole_generation and not self.links.missing():
            self._whole_generation = generation
            log.info("every clip of generation %d is here", generation)
            self._beat_soon()

    def _ringing(self) -> Ringing:
        return Ringing(
            self.enrolment,
            self._outside,
            self.clock,
            generation=lambda: self.programme.generation or 0,
            errand=lambda name: self.errands[name],
            take=self.links.inbox.put,
            stood=self.line.stood,
        )

    def _open_journal(self, settings: Settings, identity: Identity) -> Journal:
        known = settings.manifest.exists()
        public = identity.key.public.raw.hex()
        station = identity.enrolment.station
        journal = self.ballast.with_room(
            lambda: open_journal(settings.journal, station, self.stamp, public_key=public, expected=known)
        )
        floor = journal.chain.trusted_until()
        kept = self._machine.keeps_time(journal.meta("trusted_boot"))
        self.timekeeper.set_floor(parse_instant(floor) if floor else None, kept=kept)
        return journal

    def _links(self, identity: Identity) -> Links:
        enrolment = identity.enrolment
        return Links(
            centre=Centre(
                enrolment.centre_url, enrolment.station, enrolment.token, trust=self._outside.trust
            ),
            key=identity.key,
            journal=self.journal,
            store=self.store,
            programme=self.programme,
            timekeeper=self.timekeeper,
            inbox=Inbox(self.wake),
            arrived=self._clip_arrived,
            stood=self.line.stood,
            kept=self._kept,
            share=share_of(enrolment.station),
            spread=self._outside.spread,
        )

    def _desk(self) -> Desk:
        return Desk(
            enrolment=self.enrolment,
            window=Window(self.wake, self.clock),
            stage=self.stage,
            orders=self.orders,
            journal=self.journal,
            loudness=self.loudness,
            programme=self.programme,
            links=self.links,
            line=self.line,
            timekeeper=self.timekeeper,
        )

    def _page(self, settings: Settings) -> Server | None:
        port = settings.outside.desk_port
        if port is None:
            return None
        lock = Lock(pin_source(settings.folder, settings.outside.desk_pin), self.clock)
        return Server(self.desk, lock, port, self.clock)

    def _errands(self) -> dict[str, Errand]:
        links, told = self.links, self.line.told
        heartbeat = Errand(
            "heartbeat", self._beat, every=lambda: float(HEARTBEAT_SECONDS), clock=self.clock, told=told
        )
        manifest = Errand(
            "manifest", links.poll_manifest, every=self.ringing.until_poll, clock=self.clock, told=told
        )
        table = [
            ("urgent clips", links.fetch_urgent),
            ("clips", links.fetch_ordinary),
            ("as-run", links.send_as_run),
            *([("bell", self.ringing.listen)] if self.enrolment.bell_url else []),
        ]
        others = [Errand(name, call, every=lambda: LOOK_SECONDS, clock=self.clock) for name, call in table]
        return {errand.name: errand for errand in (manifest, heartbeat, *others)}

    def _farewell(self) -> None:
        self.guard.watchdog.stopping()
        self.stage.listen()
        self.stage.end_all(State.PARTIAL, Reason.STOPPED)
        try:
            self._settle_in()
        except (OSError, sqlite3.OperationalError) as error:
            log.warning("the manifest in force could not be kept (%s); it is fetched again", error)
        self._let_go()
        last_word = self.errands["as-run"]
        for errand in self.errands.values():
            errand.stop(once_more=errand is last_word)
        last_word.join(FAREWELL_SECONDS)
        log.info("stopped %s", self.enrolment.station)

    def _let_go(self) -> None:
        """Let go of what reaches out of the program: page, player, amplifier."""
        if self.page is not None:
            self.page.close()
        self.stage.player.close()
        if self.amp is not None:
            self.amp.close()
