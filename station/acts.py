"""One airing on its way through the player, from its `starting` to its one end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from content.contracts.airings import Reason, State
from content.contracts.instants import format_instant
from content.contracts.manifest import Item
from content.contracts.notes import SEPARATOR
from station.decide import Held
from station.journal import Opened


@dataclass
class Act:
    """One airing from its `starting` to its end.

    `until`: the instant at which a relay's time is over.  `before_ms`: what was heard of the stream
    before the clip that stands in for it.  `handed`: the player was told to start it.
    """

    item: Item
    generation: int
    due_at: float
    until: float | None = None
    started_at: datetime | None = None
    position_ms: int = 0
    before_ms: int = 0
    stands_in: bool = False
    handed: bool = False
    paused: bool = False
    paused_at: float = 0.0
    moved_at: float = 0.0
    noted_at: float = 0.0
    words: list[str] = field(default_factory=list)

    def opened(self) -> Opened:
        """Return what the journal is to say of it."""
        started_at = format_instant(self.started_at) if self.started_at else None
        known = Opened.of(self.item, self.generation)
        return replace(known, started_at=started_at, heard_ms=self.heard_ms)

    @property
    def note(self) -> str | None:
        """What is to be said of it beside the fields, by its codes, or None."""
        return SEPARATOR.join(self.words) or None

    @property
    def relays(self) -> bool:
        """Whether it is a stream, with a time of its own."""
        return self.item.source is not None

    @property
    def streams(self) -> bool:
        """Whether its stream is what sounds now, and so may stand still for a while."""
        return self.relays and not self.stands_in

    @property
    def heard_ms(self) -> int:
        """How much of it was heard, stream and clip together."""
        return self.before_ms + self.position_ms

    def held(self, now: float) -> Held:
        """Return how much is still to sound, as `after_preempt` has it; a relay's time goes on."""
        if self.until is not None:
            return Held(item=self.item, remaining_ms=max(0, round((self.until - now) * 1000)))
        restart = self.item.after_preempt == "restart"
        remaining = self.item.duration_ms - (0 if restart else self.position_ms)
        return Held(item=self.item, remaining_ms=max(0, remaining))

    def ends_at(self, now: float) -> float | None:
        """Return the monotonic instant at which it will have ended, None while it is held."""
        if self.paused:
            return None
        if self.until is not None and not self.stands_in:
            return self.until
        begins = max(now, self.due_at) if self.started_at is None else now
        own = begins + (self.item.duration_ms - self.position_ms) / 1000
        return own if self.until is None else min(own, self.until)


@dataclass(frozen=True)
class End:
    """How an act ended, and who said so."""

    act: Act
    outcome: State
    reason: Reason | None
    by: str | None = None

    @property
    def silent(self) -> State | None:
        """The state of an airing of which no sample had sounded, else None."""
        if self.act.started_at is not None or self.reason is None:
            return None
        return _SILENT.get(self.reason, State.MISSED)


_SILENT = {
    Reason.RECALLED: State.CANCELLED,
    Reason.OPERATOR: State.SKIPPED,
    Reason.EMERGENCY: State.PREEMPTED,
}
