"""The program at the ward: one loop that listens, decides and acts, with errands to the centre beside it."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from audio.players.base import Player
from content.clock import Clock
from content.contracts.airings import Reason, State
from content.contracts.asrun import Event
from content.contracts.enrolment import HEARTBEAT_SECONDS
from content.contracts.instants import parse_instant
from content.contracts.manifest import Item, Manifest
from station import bell
from station.centre import Centre
from station.commands import Orders
from station.decide import PRELOAD, Facts, Plan, Refusal, decide
from station.errands import Errand
from station.identity import Identity
from station.journal import Stamp, open_journal
from station.links import Inbox, Links
from station.programme import Programme, RefusedError
from station.settings import Settings, program_version
from station.stage import Stage
from station.store import Store
from station.timekeeping import Timekeeper

POLL_SECONDS = 5.0
BUSY_TICK = 0.1
IDLE_TICK = 1.0
FAREWELL_SECONDS = 5.0
MANIFEST_ALARMS = (
    "manifest_signature",
    "manifest_form",
    "manifest_station",
    "manifest_mode",
    "manifest_generation",
)

log = logging.getLogger("station")


class Agent:
    """Everything a station is, put together; `run()` until `stop()`, or a test calls `step()`."""

    def __init__(self, settings: Settings, identity: Identity, clock: Clock, player: Player) -> None:
        enrolment = identity.enrolment
        self.enrolment = enrolment
        self.settings = settings
        self.zone = ZoneInfo(enrolment.time_zone)
        self.boot = str(uuid.uuid4())
        self.wake = threading.Event()
        self.clock = clock
        self.timekeeper = Timekeeper(clock)
        kept = settings.folder / "manifest.json"
        self.journal = open_journal(settings.journal, enrolment.station, self.stamp, expected=kept.exists())
        self.timekeeper.set_floor(_instant(self.journal.last_instant()))
        self.store = Store(settings.clips)
        self.programme = Programme(kept, enrolment)
        self.inbox = Inbox(self.wake)
        self.stage = Stage(player, self.journal, self.store, self.timekeeper, zone=self.zone)
        self.orders = Orders(self.stage, self.journal)
        self.links = Links(
            Centre(enrolment.centre_url, enrolment.station, enrolment.token),
            identity.key,
            self.journal,
            self.store,
            self.programme,
            self.timekeeper,
            self.inbox,
            self._clip_arrived,
        )
        self.errands = self._errands()
        self._stopping = False
        self._reported = 0
        self._failing = False

    def stamp(self) -> Stamp:
        """Return what stands on every record."""
        keeper = self.timekeeper
        return Stamp(self.clock.now(), self.boot, keeper.uptime_ms(), keeper.offset_ms, keeper.ok)

    def boot_up(self) -> None:
        """Record the boot, report what the last run left without an end, and take the kept manifest."""
        self.journal.record(Event.BOOT, note=f"{program_version()} {self.stage.player.name}")
        for opened in self.journal.without_end():
            self.journal.finished(opened, State.INTERRUPTED, Reason.POWER_LOST)
            log.warning("interrupted by the last stop of the program: airing %s", opened.id)
        self.journal.forget(self.clock.now())
        self.programme.restore(last=self.journal.generation)
        self.orders.restore_volume()
        log.info(
            "started %s generation %s %s, sound to %s",
            self.enrolment.station,
            self.programme.generation or "none",
            self.enrolment.mode,
            self.stage.player.name,
        )

    def run(self) -> None:
        """Work until `stop()`; then end what sounds, and say so to the centre if it can be reached."""
        self.boot_up()
        for errand in self.errands.values():
            errand.start()
        while not self._stopping:
            self.wake.clear()
            tick = self._guarded_step()
            self.clock.wait(self.wake, tick)
        self._farewell()

    def stop(self) -> None:
        """Have `run` end within a second; a flag and no lock, so that a signal may call it."""
        self._stopping = True

    def step(self) -> float:
        """Do what is to be done now; return the seconds after which to look again."""
        self.stage.listen()
        self._act()
        envelope = self.inbox.take()
        if envelope is not None:
            self._consider(envelope)
        manifest = self.programme.manifest
        if manifest is not None:
            self.orders.carry_out(manifest, self.timekeeper.now())
            self._act()
        self._watch_clock()
        self._report()
        return BUSY_TICK if self.stage.current or self._near() else IDLE_TICK

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

    def _act(self) -> None:
        manifest = self.programme.manifest
        if manifest is None:
            return
        self._recall(manifest)
        plan = decide(manifest, self._facts(manifest), self.timekeeper.now())
        self._refuse(plan.refusals, manifest.generation)
        self.stage.prepare(plan.preload)
        if plan.cut_quiet:
            self.stage.end(State.PARTIAL, Reason.QUIET_HOURS)
        self._begin(plan, manifest.generation)

    def _begin(self, plan: Plan, generation: int) -> None:
        if plan.start is not None:
            self.stage.begin(plan.start, generation=generation)
        elif plan.resume is not None and self.stage.current is None:
            self.stage.come_back(allowed=plan.resume)

    def _facts(self, manifest: Manifest) -> Facts:
        return Facts(
            taken=self.journal.taken,
            unready=self._unready(manifest),
            failed=self.stage.failed,
            called=self.orders.called,
            playing=self.stage.playing,
            held=self.stage.held,
            emergencies=tuple(self.stage.emergencies),
            clock_ok=self.timekeeper.ok,
            not_before=_instant(self.journal.meta("not_before")),
        )

    def _unready(self, manifest: Manifest) -> Mapping[str, Reason]:
        clips = [item.clip for item in manifest.items if item.clip and self._is_near(item)]
        return {
            clip.sha256: Reason.CLIP_CORRUPT if clip.sha256 in self.store.corrupt else Reason.CLIP_MISSING
            for clip in clips
            if not self.store.has(clip)
        }

    def _is_near(self, item: Item) -> bool:
        begins = item.starts_at if self.timekeeper.ok else item.not_after
        called = item.id in self.orders.called
        near = called or begins <= self.timekeeper.now() + PRELOAD or not self.timekeeper.ok
        return near and item.id not in self.journal.taken

    def _near(self) -> bool:
        manifest = self.programme.manifest
        return manifest is not None and any(self._is_near(item) for item in manifest.items)

    def _refuse(self, refusals: tuple[Refusal, ...], generation: int) -> None:
        for refusal in refusals:
            item, outcome, reason = refusal.item, refusal.outcome, refusal.reason
            self.journal.not_played(item, outcome, reason, generation=generation, note=refusal.note)
            level = logging.INFO if outcome is State.CANCELLED else logging.WARNING
            log.log(level, "not played %s: %s (%s)", self._local(item.starts_at), item.title, reason)

    def _recall(self, manifest: Manifest) -> None:
        cancelled = frozenset(manifest.cancelled)
        for act in [act for act in self.stage.aside if act.item.id in cancelled]:
            self.stage.end_aside(act, State.PARTIAL, Reason.RECALLED)
        if self.stage.playing and self.stage.playing.id in cancelled:
            self.stage.end(State.PARTIAL, Reason.RECALLED)

    def _consider(self, envelope: bytes) -> None:
        old = self.programme.manifest
        try:
            manifest = self.programme.consider(envelope, last=self.journal.generation)
        except RefusedError as error:
            if self.journal.alarm(error.alarm, error.why):
                log.warning("manifest refused: %s (%s)", error.why, error.alarm)
            return
        for alarm in MANIFEST_ALARMS:
            self.journal.calm(alarm)
        if manifest is not None:
            self._accept(manifest, old)

    def _accept(self, manifest: Manifest, old: Manifest | None) -> None:
        if manifest.generation > self.journal.generation:
            self.journal.accepted(manifest.generation)
        log.info("manifest generation %d: %d airings", manifest.generation, len(manifest.items))
        listed = {item.id for item in manifest.items}
        recalled = frozenset(manifest.cancelled) - listed - self.journal.taken
        for item in old.items if old else ():
            if item.id in recalled:
                self._refuse((Refusal(item, State.CANCELLED, Reason.RECALLED),), manifest.generation)
        self.store.prune({item.clip.sha256 for item in manifest.items if item.clip})
        for name in ("urgent clips", "clips", "heartbeat"):
            self.errands[name].ring()

    def _watch_clock(self) -> None:
        if self.timekeeper.ok:
            self.journal.calm("clock_untrusted")
        elif self.journal.alarm("clock_untrusted", f"offset {self.timekeeper.offset_ms} ms"):
            log.warning("the clock is not to be trusted: only emergencies sound until it is right")

    def _report(self) -> None:
        if self.journal.written != self._reported:
            self._reported = self.journal.written
            self.errands["as-run"].ring()

    def _beat(self) -> None:
        player = self.stage.player.name + (" failing" if self._failing else "")
        self.links.beat(boot=self.boot, playing=self.stage.playing, player=player, version=program_version())

    def _clip_arrived(self) -> None:
        self.wake.set()
        if not self.links.missing():
            self.errands["heartbeat"].ring()

    def _listen_to_bell(self) -> None:
        bell.listen(self.enrolment.bell_url, self.enrolment.token, self._rung)

    def _rung(self, generation: int) -> None:
        if generation > (self.programme.generation or 0):
            self.errands["manifest"].ring()

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
        for errand in self.errands.values():
            errand.stop()
        self.errands["as-run"].join(FAREWELL_SECONDS)
        log.info("stopped %s", self.enrolment.station)

    def _local(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%H:%M:%S}"


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
