"""What packing takes and gives: a station's share, its timetable, the decision (times in ms)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from scheduler.hearings import Hearing, Key, Ticket
from scheduler.idents import Signs
from scheduler.moments import length_ms
from scheduler.rules import Rules
from scheduler.timeline import Slot, Spans

LONGEST_MS = 24 * 3600 * 1000
"""No broadcast lasts longer than a day."""
Mode = Literal["auto", "ward"]


class Frame(NamedTuple):
    """One broadcast `[starts, ends)` in ms; `window` counts the station's windows from 0.

    `enforced`: quiet hours hold in it; `quiet`: those that touch it.
    """

    starts: int
    ends: int
    day: date
    window: int
    enforced: bool = True
    quiet: Spans = ()


@dataclass(frozen=True, eq=False)
class Timetable:
    """A station's broadcasts in order, and the hours of silence; shared by all stations that are alike.

    Outside of broadcasts `quiet` holds, for the orders `excused` (by exceptions) only `strict`.
    """

    frames: tuple[Frame, ...]
    quiet: Spans = ()
    strict: Spans = ()
    excused: frozenset[int] = frozenset()
    starts: Sequence[int] = field(init=False)
    of_day: Mapping[date, tuple[int, ...]] = field(init=False)
    last: Mapping[date, int] = field(init=False)

    def __post_init__(self) -> None:
        days: dict[date, list[int]] = {}
        for number, frame in enumerate(self.frames):
            days.setdefault(frame.day, []).append(number)
        object.__setattr__(self, "starts", [frame.starts for frame in self.frames])
        object.__setattr__(self, "of_day", {day: tuple(numbers) for day, numbers in days.items()})
        ends = {day: max(self.frames[number].ends for number in numbers) for day, numbers in days.items()}
        object.__setattr__(self, "last", ends)

    def around(self, instant: int) -> Iterator[int]:
        """Give the numbers of the broadcasts that hold an instant."""
        for number in range(bisect_right(self.starts, instant) - 1, -1, -1):
            if self.starts[number] < instant - LONGEST_MS:
                return
            if instant < self.frames[number].ends:
                yield number


@dataclass(frozen=True)
class Measures:
    """What of the rules packing needs, in ms."""

    gap: int
    repeat: int
    slack: int
    fixed_slack: int
    emergency_slack: int
    only_before: bool

    @classmethod
    def of(cls, rules: Rules) -> Measures:
        """Return the measures of the rules."""
        return cls(
            gap=length_ms(rules.gap),
            repeat=length_ms(rules.repeat),
            slack=length_ms(rules.slack),
            fixed_slack=length_ms(rules.fixed_slack),
            emergency_slack=length_ms(rules.emergency_slack),
            only_before=rules.fixed_clash == "before",
        )


@dataclass(frozen=True, slots=True)
class Share:
    """All that decides one station's plan.

    `hearings` are what is owed, in the order of their precedence.  `stays` are those that stand where
    they are (their slots are in `standing`), `kept` those that have a place already and may be moved,
    not before the instant given.  What is new may begin at `soon`.  `picks`: (day, bulletin) → position.
    `quotas` are ms a week by programme, `given` what was given by (programme, week's first day)
    outside of `hearings`.  `signed`: (frame, opening or closing) → where such an ident stands;
    `kept_signs` have a place already and may be moved, as in `kept`.
    """

    timetable: Timetable
    hearings: Sequence[Hearing]
    now: int
    soon: int
    standing: tuple[Slot, ...] = ()
    stays: Collection[Key] = ()
    kept: Mapping[Key, int] = field(default_factory=dict)
    picks: Mapping[tuple[date, int], int] = field(default_factory=dict)
    fill: Mode = "auto"
    quotas: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[tuple[str, int], int] = field(default_factory=dict)
    signs: Signs = ()
    signed: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    kept_signs: Mapping[tuple[int, str], int] = field(default_factory=dict)


class Place(NamedTuple):
    """Where a hearing goes; it may begin until `latest`; `frame` None: outside of every broadcast.

    `instead_of` is the frame that had no room for it.
    """

    hearing: Hearing
    starts: int
    latest: int
    frame: int | None
    instead_of: int | None = None


class Sign(NamedTuple):
    """Where an opening or closing goes."""

    frame: int
    role: str
    ticket: Ticket
    starts: int
    latest: int


class Packed(NamedTuple):
    """The decision: places, what found none (with reason and facts), idents, frames that stay empty."""

    places: list[Place]
    left: list[tuple[Hearing, str, dict[str, int]]]
    signs: list[Sign]
    empty: frozenset[int]


def week_of(day: date) -> int:
    """Return the ordinal of the Monday of a day's week."""
    return day.toordinal() - day.weekday()
