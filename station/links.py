"""What the station and its centre have to say to each other, one function an errand."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from content.contracts.asrun import AsRun, Seal
from content.contracts.enrolment import Heartbeat
from content.contracts.manifest import ClipRef, Item
from content.contracts.signing import PrivateKey
from content.errors import ContractError, CorruptError, LoaPhuongError, UnavailableError
from station.centre import Answer, Centre
from station.decide import is_emergency
from station.journal import Journal
from station.programme import ALARMS, Programme
from station.spreading import fetch_from
from station.store import DiskFullError, Store
from station.timekeeping import Timekeeper

log = logging.getLogger("station")


class Inbox:
    """Manifests on their way from the network to the main thread; only the newest matters."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._envelope: bytes | None = None
        self._lock = threading.Lock()

    def put(self, envelope: bytes) -> None:
        """Leave a manifest and wake the main thread."""
        with self._lock:
            self._envelope = envelope
        self._wake.set()

    def take(self) -> bytes | None:
        """Return the newest manifest that was left since the last call."""
        with self._lock:
            envelope, self._envelope = self._envelope, None
        return envelope


@dataclass
class Links:
    """The calls to the centre; each raises what makes its errand back off.

    `arrived` is called for a clip that is here, `stood` for whatever came through whole.
    """

    centre: Centre
    key: PrivateKey
    journal: Journal
    store: Store
    programme: Programme
    timekeeper: Timekeeper
    inbox: Inbox
    arrived: Callable[[], None]
    stood: Callable[[], None]
    kept: Callable[[], set[str]] = set
    share: float = 0.0
    spread: timedelta = timedelta()
    _known: dict[str, datetime] = field(default_factory=dict)

    def poll_manifest(self) -> None:
        """Ask for a manifest newer than the one in force; without any, what was refused is forgotten."""
        generation = self.programme.generation
        envelope = self.centre.manifest(generation)
        if envelope is not None:
            self.inbox.put(envelope)
        elif generation is not None:
            for alarm in ALARMS:
                self.journal.calm(alarm)

    def wanted(self) -> list[Item]:
        """Return the airings that are still to sound, in the order of the manifest."""
        manifest, now = self.programme.manifest, self.timekeeper.now()
        if manifest is None:
            return []
        taken, cancelled = self.journal.taken, frozenset(manifest.cancelled)
        return [
            item
            for item in manifest.items
            if item.id not in taken and item.id not in cancelled and item.not_after >= now
        ]

    def missing(self) -> list[ClipRef]:
        """Return the clips that are still to be fetched, those kept ready for a call last."""
        missing = self.store.missing(self.wanted())
        return [*missing, *(clip for clip in self._standby() if clip not in missing)]

    def fetch_urgent(self) -> None:
        """Fetch the clips of emergencies, which must not wait behind a long ordinary one."""
        self._fetch(self.store.missing([item for item in self.wanted() if is_emergency(item)]))

    def fetch_ordinary(self) -> None:
        """Fetch the clips of everything else, then those kept ready for a call, each at its turn."""
        now = self.timekeeper.now()
        items = [item for item in self.wanted() if not is_emergency(item)]
        due = [item for item in items if self._is_turn(item.id, now, needed_at=item.starts_at)]
        standby = [clip for clip in self._standby() if self._is_turn(clip.sha256, now, needed_at=None)]
        self._fetch([*self.store.missing(due), *standby])

    def send_as_run(self) -> None:
        """Post everything that is not acknowledged, batch by batch, each sealed."""
        while lines := self.journal.chain.unsent():
            first, last = AsRun.from_line(lines[0]), AsRun.from_line(lines[-1])
            seal = Seal.make(lines, self.key)
            answer = self.centre.send_as_run(b"\n".join([*lines, seal.line()]) + b"\n")
            self._take(answer, first.chain, first.sequence)
            self.stood()
            log.debug("as-run %d to %d of %s sent", first.sequence, last.sequence, first.chain)

    def beat(self, *, boot: str, playing: Item | None, player: str, version: str) -> None:
        """Post a heartbeat and measure the clock against the centre's by its round trip."""
        clock, timekeeper = self.timekeeper.clock, self.timekeeper
        message = Heartbeat(
            boot=boot,
            generation=self.journal.generation,
            clips_missing=tuple(clip.sha256 for clip in self.missing()),
            playing=playing.id if playing else None,
            disk_free_bytes=self.store.free_bytes(),
            clock_offset_ms=timekeeper.offset_ms,
            clock_ok=timekeeper.ok,
            player=player,
            version=version,
        )
        sent = (clock.monotonic(), clock.now())
        centre_now = self.centre.heartbeat(message.to_wire())
        timekeeper.measured(sent, clock.monotonic(), centre_now)

    def _is_turn(self, name: str, now: datetime, *, needed_at: datetime | None) -> bool:
        """Tell whether what is not urgent is to be fetched by this station now."""
        known_at = self._known.setdefault(name, now)
        return fetch_from(self.share, known_at=known_at, needed_at=needed_at, spread=self.spread) <= now

    def _standby(self) -> list[ClipRef]:
        manifest = self.programme.manifest
        return [clip for clip in manifest.standby if not self.store.has(clip)] if manifest else []

    def _fetch(self, clips: list[ClipRef]) -> None:
        """Fetch what is missing; one clip that fails does not hold up the next."""
        failure: Exception | None = None
        for clip in dict.fromkeys(clips):
            try:
                self._load(clip)
                self.stood()
                self.arrived()
            except CorruptError as error:
                self.journal.alarm("clip_corrupt", str(error), about=clip.sha256)
                failure = error
            except (LoaPhuongError, OSError) as error:
                failure = error
        if failure is not None:
            raise failure

    def _load(self, clip: ClipRef) -> None:
        """Fetch a clip, once more when the disk was full and something could be cleared away."""
        try:
            self.store.fetch(clip, self.centre)
        except DiskFullError as error:
            if not self.store.prune(self.kept()):
                if self.journal.alarm("disk_full", str(error)):
                    log.warning("%s", error)
                raise
            self.store.fetch(clip, self.centre)
        self.journal.calm("disk_full")

    def _take(self, answer: Answer, chain: str, first: int) -> None:
        """Note how far the centre holds the chain, or leave a chain that it cannot join."""
        lines = self.journal.chain
        if answer.chain not in {None, chain}:
            raise ContractError("Trung tâm trả lời về chuỗi khác: {chain}.", chain=answer.chain)
        held = answer.acknowledged if answer.expected is None else answer.expected - 1
        if answer.fork or (held is not None and held > lines.last_sequence(chain)):
            self._leave(chain, "fork: the centre holds other records of this chain")
        elif held is None or held == first - 1:
            raise UnavailableError("Trung tâm chưa nhận thêm nhật ký.")
        elif held < first and not lines.has(chain, held + 1):
            self._leave(chain, f"record {held + 1} is no longer held")
        else:
            lines.acknowledge(chain, held)

    def _leave(self, chain: str, reason: str) -> None:
        log.warning("as-run: a new chain is opened: %s", reason)
        self.journal.chain.abandon(chain, reason)
        self.journal.alarm("fork", f"{reason} ({chain})", about=chain)
