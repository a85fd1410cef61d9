"""What of one station's time is taken, broadcast by broadcast, and what its programmes were given (pure)."""

from __future__ import annotations

from datetime import date

from scheduler.hearings import Hearing, Turn
from scheduler.sessions import Sessions
from scheduler.shares import Measures, Place, Share, week_of
from scheduler.timeline import Slot, Timeline


class Taken:
    """Filled as places are found.

    `line` is the station's time, `urgent` that of emergencies alone; `heard`: (wording, broadcast);
    `fixed` are the fixed times that are kept; `begins` and `ends` bound what lies in each of the
    broadcasts that are `filled`; `sessions` sound outside of them.
    """

    __slots__ = (
        *("_given", "_margin", "_quotas", "_table", "begins", "ends", "filled", "fixed", "heard"),
        *("line", "sessions", "urgent"),
    )

    def __init__(self, share: Share, measures: Measures) -> None:
        self._table, self._quotas, self._margin = share.timetable, share.quotas, measures.margin
        self._given: dict[tuple[str, int], int] = dict(share.given)
        self.line = Timeline(gap=measures.gap, repeat=measures.repeat)
        self.urgent = Timeline(gap=measures.gap, repeat=measures.repeat)
        self.heard: set[tuple[int, int]] = set()
        self.begins: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.filled: set[int] = set()
        self.fixed: list[int] = []
        self.sessions = Sessions(share.timetable.outside, gap=measures.gap)
        for slot in share.standing:
            self._stand(slot)

    def _stand(self, slot: Slot) -> None:
        self.line.add(slot.starts, slot.ends, slot.wording)
        if slot.urgent:
            self.urgent.add(slot.starts, slot.ends)
        elif slot.frame is None and slot.wording is not None:
            self.sessions.add(slot.starts, slot.ends)
        if slot.frame is not None and slot.wording is not None:
            self.heard.add((slot.wording, slot.frame))
            self._fill(slot.frame, slot.starts, slot.ends)

    def _fill(self, frame: int, starts: int, ends: int) -> None:
        self.filled.add(frame)
        self.begins[frame] = min(self.begins.get(frame, starts), starts)
        self.ends[frame] = max(self.ends.get(frame, 0), ends)

    def take(self, place: Place) -> None:
        """Take a place that was found."""
        hearing, frame = place.hearing, place.frame
        starts, ends, wording = place.starts, place.starts + hearing.ticket.length, hearing.ticket.wording
        self.line.add(starts, ends, wording)
        if hearing.turn is Turn.EMERGENCY:
            self.urgent.add(starts, ends)
        if hearing.turn is Turn.FIXED and starts == hearing.fixed:
            self._keep_free_before(starts)
        if frame is not None:
            self.heard.add((wording, frame))
            self._fill(frame, starts, ends)
            self.count(hearing, self._table.frames[frame].day)
        else:
            self.count(hearing, hearing.due)
            if hearing.turn is Turn.FIXED:
                self.sessions.add(starts, ends)

    def _keep_free_before(self, at: int) -> None:
        """Let what ends before a fixed time be a little late, and end before it still."""
        self.fixed.append(at)
        self.line.add(at - self._margin, at)

    def count(self, hearing: Hearing, day: date) -> None:
        """Count a hearing in its programme's week."""
        code = hearing.ticket.programme
        if code is not None and code in self._quotas:
            where = (code, week_of(day))
            self._given[where] = self._given.get(where, 0) + hearing.ticket.length

    def owed(self, programme: str, day: date) -> float:
        """Return the share of a programme's weekly quota still owed on `day`, 0 when none is."""
        quota = self._quotas.get(programme, 0)
        given = self._given.get((programme, week_of(day)), 0)
        return (quota - given) / quota if quota > given else 0.0

    def first_fixed(self, begins: int, ends: int) -> int | None:
        """Return the first fixed time in `[begins, ends)`."""
        return min((at for at in self.fixed if begins <= at < ends), default=None)
