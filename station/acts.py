"""One airing on its way through the player, from its `starting` to its one end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from content.contracts.airings import Reason, State
from content.contracts.instants import format_instant
from content.contracts.manifest import Item
from station.decide import Held
from station.journal import Opened


@dataclass
class Act:
    """One airing from its `starting` to its end."""

    item: Item
    generation: int
    due_at: float
    started_at: datetime | None = None
    position_ms: int = 0
    paused: bool = False
    paused_at: float = 0.0
    moved_at: float = 0.0
    noted_at: float = 0.0
    words: list[str] = field(default_factory=list)

    def opened(self) -> Opened:
        """Return what the journal is to say of it."""
        started_at = format_instant(self.started_at) if self.started_at else None
        known = Opened.of(self.item, self.generation)
        return replace(known, started_at=started_at, heard_ms=self.position_ms)

    @property
    def note(self) -> str | None:
        """What is to be said of it beside the fields, or None."""
        return "; ".join(self.words) or None

    @property
    def held(self) -> Held:
        """Return how much is still to sound, as `after_preempt` has it."""
        restart = self.item.after_preempt == "restart"
        remaining = self.item.duration_ms - (0 if restart else self.position_ms)
        return Held(item=self.item, remaining_ms=max(0, remaining))


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
