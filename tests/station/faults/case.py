"""One fault played through: a station of its own, what is done to it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from content.contracts.ledger import Verdict
from content.contracts.manifest import Mode
from tests.audio.players.loudspeaker import Recording
from tests.station.faults.ears import Sound, doubles, heard
from tests.station.faults.machine import Machine, until
from tests.station.faults.town import Planned, Town, Ward
from tests.station.faults.wire import Wire, open_wire

WHOLE_WITHIN_MS = 80


@dataclass
class Case:
    """A town, a station in it, its machine, and the wire between them."""

    town: Town
    ward: Ward
    machine: Machine
    wire: Wire
    notes: list[str] = field(default_factory=list)
    recording: Recording | None = None
    recorded: list[Sound] = field(default_factory=list)

    def holds(self, generation: int) -> None:
        """Wait until the station says that it holds a generation."""
        until(lambda: self.town.generation(self.ward) >= generation, f"generation {generation} held")

    def has_clips(self, count: int = 1) -> None:
        """Wait until so many clips are on the machine's disk."""
        folder = self.machine.data / "clips"
        until(lambda: len([path for path in folder.glob("*") if "." not in path.name]) >= count, "clips")

    def sounds(self, least_bytes: int = 20_000) -> None:
        """Wait until so much was written to the loudspeaker."""
        until(lambda: self.machine.sounding_bytes() >= least_bytes, "something sounds")

    def told(self, *, within_s: float = 120.0) -> None:
        """Wait until every airing has its end at the centre and every record is acknowledged."""
        until(self._is_told, f"everything reported by {self.ward.name}", within_s=within_s)

    def settled(self) -> None:
        """Wait until every airing has its end at the centre."""
        until(lambda: self.town.settled(self.ward), f"every end of {self.ward.name}")

    def finish(self) -> None:
        """Run the station again until everything is told."""
        with self.machine.running():
            self.told()

    def _is_told(self) -> bool:
        return self.town.settled(self.ward) and self.machine.unsent() == 0


@dataclass(frozen=True)
class Outcome:
    """What sounded, what the centre was told, and the alarms."""

    planned: tuple[Planned, ...]
    sounds: tuple[Sound, ...]
    states: tuple[str, ...]
    started: tuple[int, ...]
    alarms: tuple[str, ...]
    forks: int
    verdict: Verdict
    notes: tuple[str, ...] = ()
    slack_ms: int = WHOLE_WITHIN_MS
    in_parts: bool = False

    @property
    def sounded(self) -> tuple[str, ...]:
        """`whole`, `cut` or `none` for every airing."""
        return tuple(self._sounded(planned) for planned in self.planned)

    @property
    def doubles(self) -> int:
        """How many sounds of this loudspeaker were of an airing that had sounded before."""
        if not self.in_parts:
            return doubles(self.sounds)
        return sum(self._length(planned) > planned.ms + self.slack_ms for planned in self.planned)

    @property
    def begun_again(self) -> int:
        """How many `starting` records of the ledger were of an airing that had begun before."""
        return sum(max(0, count - 1) for count in self.started)

    @property
    def latest_ms(self) -> int:
        """How much later (or earlier, negative) than planned the worst sound began, in ms."""
        offs = [
            round((sound.at - planned.starts_at) / timedelta(milliseconds=1))
            for planned in self.planned
            for sound in self.sounds
            if sound.place == planned.place
        ]
        return max(offs, key=abs, default=0)

    def _length(self, planned: Planned) -> int:
        return sum(sound.ms for sound in self.sounds if sound.place == planned.place)

    def _sounded(self, planned: Planned) -> str:
        length = self._length(planned)
        if not length:
            return "none"
        return "whole" if abs(length - planned.ms) <= self.slack_ms else "cut"


@dataclass(frozen=True)
class Fault:
    """A fault by name: what is done, and what must come of it, airing by airing.

    `perhaps`: alarms that may come beside, by who was faster · `begun_again`: `starting` records too
    many at most, of a clone · `in_parts`: an airing goes on after the player
    died, so that only what sounds longer than it is sounds twice · `slack_ms`: by how much a whole
    sound may be longer or shorter.
    """

    name: str
    play: Callable[[Case], None]
    sounded: tuple[str, ...]
    states: tuple[str, ...]
    alarms: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    begun_again: int = 0
    in_parts: bool = False
    slack_ms: int = WHOLE_WITHIN_MS
    mode: Mode = "rehearsal"
    heard: Callable[[Case], list[Sound]] = lambda case: heard(case.machine.played)

    def is_met(self, outcome: Outcome) -> bool:
        """Tell whether the alarms are those that must come, and nothing began more often than it may."""
        alarms = set(outcome.alarms)
        as_they_must = set(self.alarms) <= alarms <= {*self.alarms, *self.perhaps}
        return as_they_must and outcome.begun_again <= self.begun_again


@contextmanager
def open_case(town: Town, folder: Path, *, mode: Mode = "rehearsal") -> Iterator[Case]:
    """Give a case whose station is enrolled and whose wire is whole; nothing runs yet."""
    folder.mkdir(parents=True)
    with open_wire(town.url) as wire:
        ward, machine = town.ward(mode=mode), Machine(folder)
        machine.enrol(town, ward, url=wire.url)
        yield Case(town, ward, machine, wire)


def play(fault: Fault, town: Town, folder: Path) -> Outcome:
    """Play a fault through and return what came of it."""
    with open_case(town, folder, mode=fault.mode) as case:
        fault.play(case)
        return replace(outcome_of(case, fault.heard(case)), slack_ms=fault.slack_ms, in_parts=fault.in_parts)


def outcome_of(case: Case, sounds: Sequence[Sound]) -> Outcome:
    """Gather what came of it, from the loudspeaker's files and the centre's database."""
    town, ward = case.town, case.ward
    return Outcome(
        planned=tuple(ward.planned),
        sounds=tuple(sounds),
        states=tuple(town.states(ward)),
        started=tuple(town.started(ward)),
        alarms=tuple(town.alarms(ward)),
        forks=town.forks(ward),
        verdict=town.ledger(ward),
        notes=tuple(case.notes),
    )
