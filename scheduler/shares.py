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
from scheduler.sessions import Outside
from scheduler.timeline import Slot, Spans

LONGEST_MS = 24 * 3600 * 1000
"""No broadcast lasts longer than a day."""
Mode = Literal["auto", "ward"]


class Frame(NamedTuple):
    """One broadcast `[starts, ends)` in ms; `window` counts the station's windows from 0.

    `enforced`: quiet hours hold in it; `quiet`: those that touch it; `gain` (1/1000 dB) is how loud it
    may be.
    """

    starts: int
    ends: int
    day: date
    window: int
    enforced: bool = True
    quiet: Spans = ()
    gain: int = 0


@dataclass(frozen=True, eq=False)
class Timetable:
    """A station's broadcasts in order, and the hours of silence; shared by all stations that are alike.

    Outside of broadcasts `quiet` holds, for the orders `excused` (by exceptions) only `strict`; `outside`
    is what the rules leave there, `gains` how loud it may be on days on which that is bound.  `paired`:
    other stations wait until this one is silent, so nothing may begin so late that it outlasts its place.
    `held` are the days with broadcasts, those before the frames too; without it, those of the frames.
    """

    frames: tuple[Frame, ...]
    quiet: Spans = ()
    strict: Spans = ()
    excused: frozenset[int] = frozenset()
    outside: Sequence[Outside] = ()
    gains: Mapping[date, int] = field(default_factory=dict)
    paired: bool = False
    held: Collection[date] = ()
    starts: Sequence[int] = field(init=False)
    of_day: Mapping[date, tuple[int, ...]] = field(init=False)
    last: Mapping[date, int] = field(init=False)

    def __post_init__(self) -> None:
        days: dict[date, list[int]] = {}
        for number, frame in enumerate(self.frames):
            days.setdefault(frame.day, []).append(number)
        object.__setattr__(self, "starts", [frame.starts for frame in self.frames])
        object.__setattr__(self, "of_day", {day: tuple(numbers) for day, numbers in days.items()})
        object.__setattr__(self, "held", frozenset(self.held or days))
        ends = {day: max(self.frames[number].ends for number in numbers) for day, numbers in days.items()}
        object.__setattr__(self, "last", ends)

    def gain(self, frame: int | None, day: date) -> int:
        """Return how loud something may be in a broadcast, or (None) outside of them on a day."""
        return self.gains.get(day, 0) if frame is None else self.frames[frame].gain

    def open_days(self, days: Sequence[date], *, carry: int) -> Iterator[tuple[int, date]]:
        """Give (place in `days`, day) of the first of some days and of the next `carry` with broadcasts."""
        yield 0, days[0]
        for place in range(1, len(days)):
            if carry <= 0:
                return
            if days[place] in self.held:
                carry -= 1
                yield place, days[place]

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
    carry: int
    margin: int

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
            carry=rules.carry_days,
            margin=length_ms(min(rules.least_late, rules.slack)),
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
