"""How late a start may be, so that even then it ends before silence and fixed times (pure, in ms)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.hearings import Hearing, Turn
from scheduler.shares import Measures, Place, Sign, Timetable
from scheduler.timeline import Spans, next_span


@dataclass(frozen=True, slots=True)
class Lateness:
    """Bounds the starts at one station; `fixed` are the fixed times that are kept there."""

    table: Timetable
    measures: Measures
    fixed: Sequence[int]

    def silence(self, hearing: Hearing) -> Spans:
        """Return when a hearing may not sound outside of broadcasts."""
        return self.table.strict if hearing.order in self.table.excused else self.table.quiet

    def bounded(self, place: Place) -> Place:
        """Return the place so that even a late start ends before quiet hours and before fixed times."""
        hearing = place.hearing
        if hearing.turn is Turn.EMERGENCY:
            return place
        quiet = self.silence(hearing)
        if place.frame is not None and not self.table.frames[place.frame].enforced:
            quiet = ()
        latest = self._bound(place.starts, place.latest, hearing.ticket.length, quiet, self._over_by(place))
        return place if latest == place.latest else place._replace(latest=latest)

    def bounded_sign(self, sign: Sign) -> Sign:
        """Return an opening or closing bounded in the same way."""
        frame = self.table.frames[sign.frame]
        quiet = self.table.quiet if frame.enforced else ()
        ends = frame.ends if self.table.paired else None
        return sign._replace(latest=self._bound(sign.starts, sign.latest, sign.ticket.length, quiet, ends))

    def _over_by(self, place: Place) -> int | None:
        """Return when a late start must have ended for the sake of other stations."""
        hearing = place.hearing
        if not self.table.paired:
            return None
        if place.frame is not None:
            return self.table.frames[place.frame].ends
        return (hearing.fixed or place.starts) + self.measures.slack + hearing.ticket.length

    def _bound(self, starts: int, latest: int, length: int, quiet: Spans, ends: int | None) -> int:
        if ends is not None:
            latest = min(latest, ends - length)
        begins = next_span(quiet, starts)
        if begins is not None:
            latest = min(latest, begins - length)
        for at in self.fixed:
            if starts < at:
                latest = min(latest, at - self.measures.gap - length)
        return max(starts, latest)
