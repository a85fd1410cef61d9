"""Finding places for hearings in broadcasts (pure and deterministic).

Each hearing, in the order of precedence, takes the first place that fits: a fixed time at its time
or shortly after, everything else in the broadcasts of its days.  What finds no room in one broadcast
moves on to the next; what finds none at all comes back unplaced, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from content.contracts.airings import Level
from scheduler.hearings import Hearing
from scheduler.quiet import next_quiet
from scheduler.recurrence import Broadcast
from scheduler.rules import Rules
from scheduler.timeline import Slot, Timeline


@dataclass(frozen=True)
class Placement:
    """A hearing's place; it may begin until `not_after`; `window` is None outside of every broadcast."""

    hearing: Hearing
    starts_at: datetime
    not_after: datetime
    window: int | None = None

    @property
    def ends_at(self) -> datetime:
        """When the last sample has sounded."""
        return self.starts_at + self.hearing.duration


@dataclass(frozen=True)
class StationPlan:
    """Where one station's hearings go, and which found no room."""

    placements: list[Placement] = field(default_factory=list)
    unplaced: list[Hearing] = field(default_factory=list)


def plan_station(
    hearings: Iterable[Hearing],
    broadcasts: Sequence[Broadcast],
    standing: Iterable[Slot],
    *,
    now: datetime,
    rules: Rules,
    enforced: bool = True,
) -> StationPlan:
    """Place `hearings` of one station around what is `standing`.

    `broadcasts` are in order of time; `enforced` says whether quiet hours hold outside of them.
    """
    table = _Table(sorted(broadcasts), rules, now, enforced=enforced)
    for slot in standing:
        table.add(slot)
    plan = StationPlan()
    for hearing in sorted(hearings, key=lambda hearing: hearing.precedence):
        placement = table.place(hearing)
        if placement is None:
            plan.unplaced.append(hearing)
        else:
            plan.placements.append(placement)
    return plan


class _Table:
    """The planner's desk for one station."""

    def __init__(
        self, broadcasts: Sequence[Broadcast], rules: Rules, now: datetime, *, enforced: bool
    ) -> None:
        self.timeline = Timeline(rules)
        self._urgent = Timeline(rules)
        self._broadcasts = broadcasts
        self._by_day: dict[date, list[Broadcast]] = defaultdict(list)
        for broadcast in broadcasts:
            self._by_day[broadcast.day].append(broadcast)
        self._rules = rules
        self._now = now
        self._enforced = enforced

    def add(self, slot: Slot) -> None:
        self.timeline.add(slot)
        if slot.urgent:
            self._urgent.add(slot)

    def place(self, hearing: Hearing) -> Placement | None:
        if hearing.level is Level.EMERGENCY:
            return self._at_once(hearing)
        if hearing.fixed is not None:
            return self._at_its_time(hearing, hearing.fixed)
        return self._in_a_broadcast(hearing)

    def _at_once(self, hearing: Hearing) -> Placement | None:
        """Let an emergency wait for nothing but another emergency."""
        slack = self._rules.emergency_slack
        lower = self._now.replace(microsecond=self._now.microsecond // 1000 * 1000)
        upper = lower + slack + hearing.duration
        start = self._urgent.earliest(lower, upper, hearing.duration, revision=None, quiet=False)
        return None if start is None else self._take(Placement(hearing, start, start + slack))

    def _at_its_time(self, hearing: Hearing, at: datetime) -> Placement | None:
        latest = at + self._rules.fixed_slack + hearing.duration
        start = self._fit(max(at, hearing.not_before), latest, hearing, quiet=self._enforced)
        if start is None:
            return None
        inside = self._broadcast_around(start, hearing)
        if inside and self._heard(hearing, inside):
            return None
        return self._take(self._placed(hearing, start, inside), inside)

    def _in_a_broadcast(self, hearing: Hearing) -> Placement | None:
        for broadcast in chain.from_iterable(self._by_day.get(day, ()) for day in hearing.days):
            if self._heard(hearing, broadcast):
                continue
            lower = max(broadcast.starts_at, hearing.not_before)
            start = self._fit(lower, broadcast.ends_at, hearing, quiet=broadcast.enforced)
            if start is not None:
                return self._take(self._placed(hearing, start, broadcast), broadcast)
        return None

    def _heard(self, hearing: Hearing, broadcast: Broadcast) -> bool:
        return self.timeline.heard_in(hearing.revision, broadcast.window, broadcast.day)

    def _fit(self, lower: datetime, upper: datetime, hearing: Hearing, *, quiet: bool) -> datetime | None:
        return self.timeline.earliest(lower, upper, hearing.duration, revision=hearing.revision, quiet=quiet)

    def _broadcast_around(self, start: datetime, hearing: Hearing) -> Broadcast | None:
        """Return the broadcast in which a fixed hearing lies whole, so that it counts in its minutes."""
        end = start + hearing.duration
        return next((b for b in self._broadcasts if b.starts_at <= start and end <= b.ends_at), None)

    def _placed(self, hearing: Hearing, start: datetime, broadcast: Broadcast | None) -> Placement:
        quiet = broadcast.enforced if broadcast else self._enforced
        latest = start + self._rules.slack
        if quiet:
            begins = next_quiet(start, self._rules.quiet, self._rules.zone)
            latest = latest if begins is None else min(latest, begins - hearing.duration)
        return Placement(hearing, start, latest, broadcast.window if broadcast else None)

    def _take(self, placement: Placement, broadcast: Broadcast | None = None) -> Placement:
        hearing = placement.hearing
        self.add(
            Slot(
                placement.starts_at,
                placement.ends_at,
                hearing.revision,
                placement.window,
                broadcast.day if broadcast else None,
                urgent=hearing.level is Level.EMERGENCY,
            )
        )
        return placement
