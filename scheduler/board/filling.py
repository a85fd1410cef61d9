"""How full broadcasts are (pure): what lies in each, what is free, whether it is too much or too little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from content.contracts.airings import State
from scheduler.limits import Breach
from scheduler.recurrence import Broadcast
from scheduler.rules import Rules

RECALLED, SILENT = "recalled", "silent"
"""Shown beside the states of the contract: called back but not final, and nothing heard of it."""
FREE_AGAIN = frozenset({State.CANCELLED, State.MISSED, State.SKIPPED, RECALLED})
"""What takes no time of its broadcast."""
UNDER_PERCENT = 50
"""A coming day that is filled to less than this is marked."""


class Lying(NamedTuple):
    """Airings that the week tells as one: the local day they start on, and what became of them."""

    station: str
    day: date
    window: int | None
    shown: str
    airings: int
    duration_ms: int


class Voiced(NamedTuple):
    """Airings of one programme that became of the same."""

    programme: str | None
    shown: str
    airings: int
    duration_ms: int
    heard_ms: int


@dataclass(frozen=True)
class Filled:
    """One broadcast with the airings that lie in it; a pause follows each of them."""

    broadcast: Broadcast
    title: str
    budget_ms: int
    used_ms: int = 0
    airings: int = 0

    @property
    def free_ms(self) -> int:
        """What may still be put into it."""
        return max(0, self.budget_ms - self.used_ms)

    @property
    def is_over(self) -> bool:
        """Whether more lies in it than it lasts."""
        return self.used_ms > self.budget_ms


@dataclass(frozen=True)
class Cell:
    """A station's local day; `outside` airings (`outside_ms`) lie in no broadcast."""

    station: str
    day: date
    broadcasts: tuple[Filled, ...] = ()
    outside: int = 0
    outside_ms: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    is_coming: bool = False

    @property
    def budget_ms(self) -> int:
        """How long its broadcasts last together."""
        return sum(one.budget_ms for one in self.broadcasts)

    @property
    def used_ms(self) -> int:
        """How much of that is taken."""
        return sum(one.used_ms for one in self.broadcasts)

    @property
    def free_ms(self) -> int:
        """How much of that is free."""
        return sum(one.free_ms for one in self.broadcasts)

    @property
    def airings(self) -> int:
        """How many airings the day has, whatever became of them."""
        return sum(self.states.values())

    @property
    def is_over(self) -> bool:
        """Whether a broadcast of the day holds too much."""
        return any(one.is_over for one in self.broadcasts)

    @property
    def is_under(self) -> bool:
        """Whether a coming day is filled to less than half."""
        return self.is_coming and self.used_ms * 100 < self.budget_ms * UNDER_PERCENT


def fill(
    station: str,
    day: date,
    broadcasts: Sequence[tuple[Broadcast, str]],
    lying: Iterable[Lying],
    *,
    rules: Rules,
    breaches: Sequence[Breach] = (),
    is_coming: bool = False,
) -> Cell:
    """Lay a day's airings into its broadcasts (with their titles).

    A broadcast that began the day before and ends on this one is given with that day's.
    """
    held = list(lying)
    sound: Counter[int] = Counter()
    numbers: Counter[int] = Counter()
    for one in held:
        if one.window is not None and one.shown not in FREE_AGAIN:
            sound[one.window] += one.duration_ms
            numbers[one.window] += one.airings
    known = {broadcast.window for broadcast, _ in broadcasts}
    outside = [one for one in held if one.window not in known and one.shown not in FREE_AGAIN]
    return Cell(
        station,
        day,
        tuple(
            _filled(broadcast, title, sound[broadcast.window], numbers[broadcast.window], rules)
            for broadcast, title in broadcasts
        ),
        outside=sum(one.airings for one in outside),
        outside_ms=sum(one.duration_ms for one in outside),
        states=_states(held),
        breaches=tuple(breaches),
        is_coming=is_coming,
    )


def _states(held: Iterable[Lying]) -> Counter[str]:
    states: Counter[str] = Counter()
    for one in held:
        states[one.shown] += one.airings
    return states


def _filled(broadcast: Broadcast, title: str, sound_ms: int, airings: int, rules: Rules) -> Filled:
    """Count a pause after each clip, but for the last one where it would run over the end."""
    gap, budget = _milliseconds(rules.gap), _milliseconds(broadcast.ends_at - broadcast.starts_at)
    used = sound_ms + airings * gap
    return Filled(broadcast, title, budget, budget if used - gap <= budget < used else used, airings)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
