"""Finding places for one station's hearings (pure, deterministic, no search).

The order of filling: emergencies; fixed times; priority by the end of its range, then order; what the
ward picked, in its order; the rest by the largest share of the programme's weekly quota still owed,
then the nearest end of validity, then order.  Each takes the first place that fits; what does not fit
in one broadcast moves on to the next, and says so; what fits nowhere comes back with the reason.
A day's hearings that stand already count at their turn, so a plan stays as time passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from scheduler.filling import is_picked, sequence
from scheduler.hearings import Hearing, Key, Turn
from scheduler.idents import CLOSING
from scheduler.lateness import Lateness
from scheduler.reasons import FIXED_TAKEN, NOT_PICKED, OVER_RULE, why_in_none, why_not_then
from scheduler.reserving import Reserving
from scheduler.shares import Measures, Packed, Place, Share
from scheduler.taken import Taken
from scheduler.timeline import Spans


def pack(share: Share, measures: Measures) -> Packed:
    """Place what one station is owed around what stands."""
    taken = Taken(share, measures)
    lateness = Lateness(share.timetable, measures, taken.fixed)
    desk, idents = _Desk(share, measures, taken, lateness), Reserving(share, measures, taken, lateness)
    for hearing in share.hearings:
        if hearing.turn <= Turn.FIXED:
            desk.give(hearing)
    idents.open_frames()
    for hearing in sequence(share, desk):
        desk.give(hearing)
    signs = idents.close_frames()
    places = [lateness.bounded(place) for place in desk.places]
    empty = frozenset(range(len(share.timetable.frames))) - taken.filled
    return Packed(places, desk.left, signs, empty)


class _Desk:
    """The planner's desk for one station."""

    def __init__(self, share: Share, measures: Measures, taken: Taken, lateness: Lateness) -> None:
        self._share = share
        self._measures = measures
        self._table = share.timetable
        self._taken = taken
        self._line = taken.line
        self._silence = lateness.silence
        self._over_rule: set[Key] = set()
        self.places: list[Place] = []
        self.left: list[tuple[Hearing, str, dict[str, int]]] = []

    def owed(self, programme: str, day: date) -> float:
        """Return the share of a programme's weekly quota still owed on `day`, 0 when none is."""
        return self._taken.owed(programme, day)

    def give(self, hearing: Hearing) -> None:
        """Place a hearing, or keep why it has no place; one that stands only counts."""
        if hearing.key in self._share.stays:
            self._taken.count(hearing, hearing.due)
            if hearing.fixed is not None:
                self._taken.fixed.append(hearing.fixed)
            return
        if self._lacks_pick(hearing):
            self.left.append((hearing, NOT_PICKED, {}))
            return
        lower = self._share.kept.get(hearing.key, self._share.soon)
        if hearing.turn is Turn.EMERGENCY:
            place = self._at_once(hearing)
        elif hearing.fixed is not None:
            place = self._at_its_time(hearing, hearing.fixed, lower)
        else:
            place = self._in_a_frame(hearing, lower) or self._in_a_frame(hearing, lower, margin=0)
        if place is None:
            self.left.append((hearing, *self._why(hearing)))
        else:
            self._take(place)

    def give_on_its_day(self, hearing: Hearing) -> bool:
        """Place what the ward picked on the day it picked it for; tell whether there was room."""
        if hearing.key in self._share.stays:
            self._taken.count(hearing, hearing.due)
            return True
        lower = self._share.kept.get(hearing.key, self._share.soon)
        place = self._in_a_frame(hearing, lower, carry=0)
        if place is not None:
            self._take(place)
        return place is not None

    def _lacks_pick(self, hearing: Hearing) -> bool:
        """Tell whether the ward fills by itself and did not want it; a relay is none it could pick."""
        own = self._share.fill == "ward" and hearing.turn is Turn.NORMAL
        return own and hearing.ticket.bulletin is not None and not is_picked(hearing, self._share)

    def _take(self, place: Place) -> None:
        self._taken.take(place)
        self.places.append(place)

    def _at_once(self, hearing: Hearing) -> Place | None:
        """Let an emergency wait for nothing but another emergency."""
        lower, slack = self._share.now, self._measures.emergency_slack
        length = hearing.ticket.length
        start = self._taken.urgent.earliest(lower, lower + slack + length, length)
        return None if start is None else Place(hearing, start, start + slack, None)

    def _at_its_time(self, hearing: Hearing, at: int, lower: int) -> Place | None:
        slack = self._measures.slack if self._table.paired else self._measures.fixed_slack
        upper = at + slack + hearing.ticket.length
        around = self._frame_around(at, at + hearing.ticket.length)
        if around is not None:
            upper = min(upper, self._table.frames[around].ends)
        if hearing.hours:
            upper = min(upper, hearing.hours[0][1]) if at >= hearing.hours[0][0] else at
        start = self._fit(hearing, max(at, lower), upper, quiet=self._silence(hearing), margin=0)
        if start is None:
            return None
        frame = self._frame_around(start, start + hearing.ticket.length)
        if frame is not None and (hearing.ticket.wording, frame) in self._taken.heard:
            return None
        if frame is None and not self._may_sit(hearing, start):
            self._over_rule.add(hearing.key)
            return None
        return Place(hearing, start, start + self._measures.slack, frame)

    def _may_sit(self, hearing: Hearing, start: int) -> bool:
        """Tell whether the rules let a session be held outside of the broadcasts."""
        excused = hearing.order in self._table.excused
        return excused or self._taken.sessions.allow(start, start + hearing.ticket.length)

    def _in_a_frame(
        self, hearing: Hearing, lower: int, *, carry: int | None = None, margin: int | None = None
    ) -> Place | None:
        full: int | None = None
        for number, begins, ends in self._parts_for(hearing, carry):
            if (hearing.ticket.wording, number) in self._taken.heard:
                continue
            quiet = self._table.frames[number].quiet
            start = self._fit(hearing, max(begins, lower), ends, quiet=quiet, margin=margin)
            if start is not None:
                instead_of = None if full == number else full
                return Place(hearing, start, start + self._measures.slack, number, instead_of)
            closed = hearing.hours is not None and ends - begins < hearing.ticket.length
            if full is None and not closed and not self._has_room(hearing, begins, ends, quiet=quiet):
                full = number
        return None

    def _spans_for(self, hearing: Hearing, carry: int | None = None) -> Iterator[tuple[int, int, int]]:
        """Give (frame, from, to) of the broadcasts in which it may be heard, in order."""
        table = self._table
        frames, of_day = table.frames, table.of_day
        carry = self._measures.carry if carry is None else carry
        for place, day in table.open_days(hearing.days, carry=carry):
            for number in of_day.get(day, ()):
                begins, ends = frames[number].starts, self._end_of(number)
                if hearing.hours:
                    begins, ends = max(begins, hearing.hours[place][0]), min(ends, hearing.hours[place][1])
                yield number, begins, ends

    def _parts_for(self, hearing: Hearing, carry: int | None = None) -> Iterator[tuple[int, int, int]]:
        """Give the broadcasts; by the rules of each day those parts first that end before a fixed time."""
        spans = self._spans_for(hearing, carry)
        return self._before_first(spans) if self._measures.only_before else spans

    def _before_first(self, spans: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        frames = self._table.frames
        for _, group in groupby(spans, lambda span: frames[span[0]].day):
            parts = [(*span, self._taken.first_fixed(*span[1:])) for span in group]
            for number, begins, ends, cut in parts:
                yield number, begins, ends if cut is None else cut - self._measures.gap
            for number, begins, ends, cut in parts:
                if cut is not None:
                    yield number, max(begins, cut), ends

    def _end_of(self, number: int) -> int:
        """Return until when a broadcast takes more: a closing that stands ends it."""
        frame = self._table.frames[number]
        ends = frame.ends
        if (number, CLOSING) in self._share.signed:
            ends = min(ends, self._share.signed[number, CLOSING][0] - self._measures.gap)
        return ends

    def _fit(
        self, hearing: Hearing, lower: int, upper: int, *, quiet: Spans = (), margin: int | None = None
    ) -> int | None:
        ticket, margin = hearing.ticket, self._measures.margin if margin is None else margin
        return self._line.earliest(
            lower, upper, ticket.length, wording=ticket.wording, quiet=quiet, margin=margin
        )

    def _has_room(self, hearing: Hearing, lower: int, upper: int, *, quiet: Spans = ()) -> bool:
        length = hearing.ticket.length
        return self._line.earliest(lower, upper, length, quiet=quiet) is not None

    def _frame_around(self, start: int, end: int) -> int | None:
        """Return the broadcast in which a fixed hearing lies whole, so that it counts in its minutes."""
        held = enumerate(self._table.frames)
        return next((number for number, f in held if f.starts <= start and end <= f.ends), None)

    def _why(self, hearing: Hearing) -> tuple[str, dict[str, int]]:
        """Tell why nothing was found, whatever the hour: the facts are seconds."""
        if hearing.turn is Turn.EMERGENCY or hearing.fixed is not None:
            return self._why_not_then(hearing), {}
        return why_in_none(hearing, list(self._spans_for(hearing)), self._line, self._taken.heard)

    def _why_not_then(self, hearing: Hearing) -> str:
        if hearing.key in self._over_rule:
            return OVER_RULE
        if hearing.fixed is None:
            return FIXED_TAKEN
        silence, now = self._silence(hearing), self._share.now
        return why_not_then(
            hearing, hearing.fixed, self._line, silence=silence, measures=self._measures, now=now
        )
