"""One station's time, filled piece by piece (pure): it knows where the next clip fits first."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.quiet import blocked_until
from scheduler.rules import Rules


@dataclass(frozen=True)
class Slot:
    """What is taken: `[starts_at, ends_at)`, the wording (None: nobody's), the broadcast it lies in.

    `urgent` marks an emergency, for which only other emergencies are in the way.
    """

    starts_at: datetime
    ends_at: datetime
    revision: int | None = None
    window: int | None = None
    day: date | None = None
    urgent: bool = False


class Timeline:
    """The slots of one station, and the questions the planner asks of them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._taken: list[tuple[datetime, datetime]] = []
        self._longest = timedelta(0)
        self._starts: dict[int, list[datetime]] = {}
        self._heard: set[tuple[int, int, date]] = set()

    def add(self, slot: Slot) -> None:
        """Take a slot."""
        insort(self._taken, (slot.starts_at, slot.ends_at))
        self._longest = max(self._longest, slot.ends_at - slot.starts_at)
        if slot.revision is None:
            return
        self._starts.setdefault(slot.revision, []).append(slot.starts_at)
        if slot.window is not None and slot.day is not None:
            self._heard.add((slot.revision, slot.window, slot.day))

    def heard_in(self, revision: int, window: int, day: date) -> bool:
        """Tell whether the wording has a place in that broadcast already."""
        return (revision, window, day) in self._heard

    def earliest(
        self, lower: datetime, upper: datetime, duration: timedelta, *, revision: int | None, quiet: bool
    ) -> datetime | None:
        """Return the first start from `lower` at which a clip ends by `upper`; None when there is none.

        The gap to other clips, the spacing of one wording and, with `quiet`, the quiet hours are kept.
        """
        start: datetime | None = lower
        while start is not None and start + duration <= upper:
            later = self._obstacle(start, duration, revision, quiet=quiet)
            if later is None:
                return start
            start = later
        return None

    def _obstacle(
        self, start: datetime, duration: timedelta, revision: int | None, *, quiet: bool
    ) -> datetime | None:
        """Return None when a clip can start here, else the next instant worth asking about."""
        end, rules = start + duration, self._rules
        later = self._clash(start, end) or self._repeated(start, revision)
        if later is None and quiet:
            return blocked_until(start, end, rules.quiet, rules.zone)
        return later

    def _clash(self, start: datetime, end: datetime) -> datetime | None:
        gap = self._rules.gap
        first = bisect_left(self._taken, (start - self._longest - gap, start))
        for begins, ends in self._taken[max(0, first - 1) :]:
            if begins >= end + gap:
                return None
            if start < ends + gap:
                return ends + gap
        return None

    def _repeated(self, start: datetime, revision: int | None) -> datetime | None:
        spacing = self._rules.repeat
        near = (other for other in self._starts.get(revision or 0, ()) if abs(start - other) < spacing)
        return max((other + spacing for other in near), default=None)
