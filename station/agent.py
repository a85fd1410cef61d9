"""The program at the ward: one loop that listens, decides and acts, with errands to the centre beside it."""

from __future__ import annotations

import logging
import threading
import uuid
from zoneinfo import ZoneInfo

from audio.players.base import Player
from content.clock import Clock
from content.contracts.airings import Reason, State
from content.contracts.asrun import Event
from content.contracts.enrolment import HEARTBEAT_SECONDS
from content.contracts.instants import parse_instant
from content.contracts.manifest import Manifest
from station import bell
from station.centre import Centre
from station.chain import Stamp
from station.commands import Orders
from station.cues import Cues
from station.decide import Refusal
from station.director import Director
from station.errands import Errand
from station.identity import Identity
from station.journal import Journal, open_journal
from station.links import Inbox, Links
from station.programme import ALARMS, Programme, RefusedError
from station.settings import Settings, program_version
from station.stage import Stage
from station.store import Store
from station.timekeeping import Timekeeper

POLL_SECONDS = 5.0
BUSY_TICK = 0.1
IDLE_TICK = 1.0
FAREWELL_SECONDS = 5.0

log = logging.getLogger("station")


class Agent:
    """Everything a station is, put together; `run()` until `stop()`, or a test calls `step()`."""

    def __init__(self, settings: Settings, identity: Identity, clock: Clock, player: Player) -> None:
        self.enrolment = identity.enrolment
        self.boot = str(uuid.uuid4())
        self.wake = threading.Event()
        self.clock = clock
        self.timekeeper = Timekeeper(clock)
        self.journal = self._open_journal(settings, identity)
        self.store = Store(settings.clips)
        self.programme = Programme(settings.manifest, self.enrolment)
        cues = Cues(player, self.store, self.journal)
        zone = ZoneInfo(self.enrolment.time_zone)
        self.stage = Stage(player, self.journal, cues, self.timekeeper, zone=zone)
        self.orders = Orders(self.stage, self.journal)
        self.director = Director(self.stage, self.orders, self.journal, self.store, self.timekeeper)
        self.links = self._links(identity)
        self.errands = self._errands()
        self._stopping = False
        self._failing = False
        self._reported = 0
        self._whole_generation = 0

    def stamp(self) -> Stamp:
        """Return what stands on every record."""
        keeper = self.timekeeper
        return Stamp(self.clock.now(), self.boot, keeper.uptime_ms(), keeper.offset_ms, keeper.ok)

    def boot_up(self) -> None:
        """Record the boot, report what the last run left without an end, and take the kept manifest."""
        player, enrolment = self.stage.player.name, self.enrolment
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
        """Work until `stop()`; then end what sounds, and say so to the centre if it can be reached."""
        self.boot_up()
        for errand in self.errands.values():
            errand.start()
        while not self._stopping:
            self.wake.clear()
            self.clock.wait(self.wake, self._guarded_step())
        self._farewell()

    def stop(self) -> None:
        """Have `run` end within a second; a flag and no lock, so that a signal may call it."""
        self._stopping = True

    def step(self) -> float:
        """Do what is to be done now; return the seconds after which to look again."""
        self.stage.listen()
        self._direct()
        envelope = self.links.inbox.take()
        if envelope is not None:
            self._consider(envelope)
        self._watch_clock()
        self._report()
        busy = self.stage.current or self.director.near(self.programme.manifest)
        return BUSY_TICK if busy else IDLE_TICK

    def _direct(self) -> None:
        manifest = self.programme.manifest
        if manifest is not None:
            self.orders.carry_out(manifest, self.timekeeper.now())
            self.director.direct(manifest)

    def _guarded_step(self) -> float:
        try:
            tick = self.step()
        except Exception:  # the loop's boundary: whatever fails, the next broadcast gets its chance
            if not self._failing:
                log.exception("the station could not do its work; it goes on trying")
            self._failing = True
            return IDLE_TICK
        self._failing = False
        return tick

    def _consider(self, envelope: bytes) -> None:
        """Take a manifest from the network, or raise the alarm once; what was due by the old one is done."""
        old = self.programme.manifest
        try:
            manifest = self.programme.consider(envelope, last=self.journal.generation)
        except RefusedError as error:
            if self.journal.alarm(error.alarm, error.why):
                log.warning("manifest refused: %s (%s)", error.why, error.alarm)
            return
        for alarm in ALARMS:
            self.journal.calm(alarm)
        if manifest is not None:
            self._accept(manifest, old)
            self._direct()

    def _accept(self, manifest: Manifest, old: Manifest | None) -> None:
        if manifest.generation > self.journal.generation:
            self.journal.accepted(manifest.generation)
        log.info("manifest generation %d: %d airings", manifest.generation, len(manifest.items))
        self._recall_unlisted(manifest, old)
        wanted = {item.clip.sha256 for item in manifest.items if item.clip}
        self.store.prune(wanted | self.stage.clips)
        for name in ("urgent clips", "clips", "heartbeat"):
            self.errands[name].ring()

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
        elif self.journal.alarm("clock_untrusted", f"offset {self.timekeeper.offset_ms} ms"):
            log.warning("the clock is not to be trusted: only emergencies sound until it is right")

    def _report(self) -> None:
        if self.journal.chain.written != self._reported:
            self._reported = self.journal.chain.written
            self.errands["as-run"].ring()

    def _beat(self) -> None:
        player = self.stage.player.name + (" failing" if self._failing else "")
        self.links.beat(boot=self.boot, playing=self.stage.playing, player=player, version=program_version())

    def _clip_arrived(self) -> None:
        """Wake the loop, and tell the centre once everything is here."""
        self.wake.set()
        generation = self.programme.generation or 0
        if generation > self._whole_generation and not self.links.missing():
            self._whole_generation = generation
            log.info("every clip of generation %d is here", generation)
            self.errands["heartbeat"].ring()

    def _listen_to_bell(self) -> None:
        errand, enrolment = self.errands["bell"], self.enrolment
        bell.listen(enrolment.bell_url, enrolment.token, opened=errand.well, ring=self._rung)

    def _rung(self, generation: int) -> None:
        if generation > (self.programme.generation or 0):
            self.errands["manifest"].ring()

    def _open_journal(self, settings: Settings, identity: Identity) -> Journal:
        known = settings.manifest.exists()
        public = identity.key.public.raw.hex()
        station = identity.enrolment.station
        journal = open_journal(settings.journal, station, self.stamp, public_key=public, expected=known)
        floor = journal.chain.trusted_until()
        self.timekeeper.set_floor(parse_instant(floor) if floor else None)
        return journal

    def _links(self, identity: Identity) -> Links:
        enrolment = identity.enrolment
        return Links(
            centre=Centre(enrolment.centre_url, enrolment.station, enrolment.token),
            key=identity.key,
            journal=self.journal,
            store=self.store,
            programme=self.programme,
            timekeeper=self.timekeeper,
            inbox=Inbox(self.wake),
            arrived=self._clip_arrived,
        )

    def _errands(self) -> dict[str, Errand]:
        links = self.links
        table = [
            ("manifest", links.poll_manifest, POLL_SECONDS),
            ("urgent clips", links.fetch_urgent, POLL_SECONDS),
            ("clips", links.fetch_ordinary, POLL_SECONDS),
            ("as-run", links.send_as_run, POLL_SECONDS),
            ("heartbeat", self._beat, float(HEARTBEAT_SECONDS)),
        ]
        if self.enrolment.bell_url:
            table.append(("bell", self._listen_to_bell, POLL_SECONDS))
        return {name: Errand(name, call, every=every, clock=self.clock) for name, call, every in table}

    def _farewell(self) -> None:
        self.stage.listen()
        self.stage.end_all(State.PARTIAL, Reason.STOPPED)
        self.stage.player.close()
        last_word = self.errands["as-run"]
        for errand in self.errands.values():
            errand.stop(once_more=errand is last_word)
        last_word.join(FAREWELL_SECONDS)
        log.info("stopped %s", self.enrolment.station)
