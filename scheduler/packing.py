"""Finding places for one station's hearings (pure, deterministic, no search).

The order of filling: emergencies; fixed times; priority by the end of its range, then order; what the
ward picked, in its order; the rest by the largest share of the programme's weekly quota still owed,
then the nearest end of validity, then order.  Each takes the first place that fits; what does not fit
in one broadcast moves on to the next, and says so; what fits nowhere comes back with the reason.
A day's hearings that stand already count at their turn, so a plan stays as time passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from scheduler.filling import is_picked, sequence
from scheduler.hearings import Hearing, Key, Ticket, Turn
from scheduler.idents import CLOSING, OPENING, ROLES
from scheduler.reasons import (
    FIXED_TAKEN,
    NO_BROADCAST,
    NO_ROOM,
    NOT_PICKED,
    OUT_OF_HOURS,
    OVER_RULE,
    REPEATED,
    TOO_LATE,
    TOO_LONG,
    why_not_then,
)
from scheduler.sessions import Sessions
from scheduler.shares import Measures, Packed, Place, Share, Sign, week_of
from scheduler.timeline import Slot, Spans, Timeline, next_span


def pack(share: Share, measures: Measures) -> Packed:
    """Place what one station is owed around what stands."""
    desk = _Desk(share, measures)
    early = [hearing for hearing in share.hearings if hearing.turn <= Turn.FIXED]
    for hearing in early:
        desk.give(hearing)
    desk.open_frames()
    for hearing in sequence(share, desk):
        desk.give(hearing)
    signs = desk.close_frames()
    places = [desk.bounded(place) for place in desk.places]
    empty = frozenset(range(len(share.timetable.frames))) - desk.filled
    return Packed(places, desk.left, signs, empty)


class _Desk:
    """The planner's desk for one station."""

    def __init__(self, share: Share, measures: Measures) -> None:
        self._share = share
        self._measures = measures
        self._table = share.timetable
        self._line = Timeline(gap=measures.gap, repeat=measures.repeat)
        self._urgent = Timeline(gap=measures.gap, repeat=measures.repeat)
        self._heard: set[tuple[int, int]] = set()
        self._begins: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._fixed: list[int] = []
        self._sessions = Sessions(share.timetable.outside, gap=measures.gap)
        self._over_rule: set[Key] = set()
        self._reserved: dict[int, list[Sign]] = {}
        self._given: dict[tuple[str, int], int] = dict(share.given)
        self.filled: set[int] = set()
        self.places: list[Place] = []
        self.left: list[tuple[Hearing, str, dict[str, int]]] = []
        for slot in share.standing:
            self._stand(slot)

    def _stand(self, slot: Slot) -> None:
        self._line.add(slot.starts, slot.ends, slot.wording)
        if slot.urgent:
            self._urgent.add(slot.starts, slot.ends)
        elif slot.frame is None and slot.wording is not None:
            self._sessions.add(slot.starts, slot.ends)
        if slot.frame is not None and slot.wording is not None:
            self._heard.add((slot.wording, slot.frame))
            self._fill(slot.frame, slot.starts, slot.ends)

    def _fill(self, frame: int, starts: int, ends: int) -> None:
        self.filled.add(frame)
        self._begins[frame] = min(self._begins.get(frame, starts), starts)
        self._ends[frame] = max(self._ends.get(frame, 0), ends)

    def owed(self, programme: str, day: date) -> float:
        """Return the share of a programme's weekly quota still owed on `day`, 0 when none is."""
        quota = self._share.quotas.get(programme, 0)
        given = self._given.get((programme, week_of(day)), 0)
        return (quota - given) / quota if quota > given else 0.0

    def give(self, hearing: Hearing) -> None:
        """Place a hearing, or keep why it has no place; one that stands only counts."""
        if hearing.key in self._share.stays:
            self._count(hearing, hearing.due)
            if hearing.fixed is not None:
                self._fixed.append(hearing.fixed)
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
            self._count(hearing, hearing.due)
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

    def _count(self, hearing: Hearing, day: date) -> None:
        code = hearing.ticket.programme
        if code is not None and code in self._share.quotas:
            where = (code, week_of(day))
            self._given[where] = self._given.get(where, 0) + hearing.ticket.length

    def _take(self, place: Place) -> None:
        hearing, ends = place.hearing, place.starts + place.hearing.ticket.length
        self._line.add(place.starts, ends, hearing.ticket.wording)
        if hearing.turn is Turn.EMERGENCY:
            self._urgent.add(place.starts, ends)
        if hearing.turn is Turn.FIXED and place.starts == hearing.fixed:
            self._keep_free_before(place.starts)
        if place.frame is not None:
            self._heard.add((hearing.ticket.wording, place.frame))
            self._fill(place.frame, place.starts, ends)
            self._count(hearing, self._table.frames[place.frame].day)
        else:
            self._count(hearing, hearing.due)
            if hearing.turn is Turn.FIXED:
                self._sessions.add(place.starts, ends)
        self.places.append(place)

    def _keep_free_before(self, at: int) -> None:
        """Let what ends before a fixed time be a little late, and end before it still."""
        self._fixed.append(at)
        self._line.add(at - self._measures.margin, at)

    def _at_once(self, hearing: Hearing) -> Place | None:
        """Let an emergency wait for nothing but another emergency."""
        lower, slack = self._share.now, self._measures.emergency_slack
        length = hearing.ticket.length
        start = self._urgent.earliest(lower, lower + slack + length, length)
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
        if frame is not None and (hearing.ticket.wording, frame) in self._heard:
            return None
        if frame is None and not self._may_sit(hearing, start):
            self._over_rule.add(hearing.key)
            return None
        return Place(hearing, start, start + self._measures.slack, frame)

    def _may_sit(self, hearing: Hearing, start: int) -> bool:
        """Tell whether the rules let a session be held outside of the broadcasts."""
        excused = hearing.order in self._table.excused
        return excused or self._sessions.allow(start, start + hearing.ticket.length)

    def _in_a_frame(
        self, hearing: Hearing, lower: int, *, carry: int | None = None, margin: int | None = None
    ) -> Place | None:
        full: int | None = None
        for number, begins, ends in self._parts_for(hearing, carry):
            if (hearing.ticket.wording, number) in self._heard:
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
        spans, frames = self._spans_for(hearing, carry), self._table.frames
        if not self._measures.only_before:
            yield from spans
            return
        for _, group in groupby(spans, lambda span: frames[span[0]].day):
            parts = [(*span, self._first_fixed(*span[1:])) for span in group]
            for number, begins, ends, cut in parts:
                yield number, begins, ends if cut is None else cut - self._measures.gap
            for number, begins, ends, cut in parts:
                if cut is not None:
                    yield number, max(begins, cut), ends

    def _first_fixed(self, begins: int, ends: int) -> int | None:
        return min((at for at in self._fixed if begins <= at < ends), default=None)

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

    def open_frames(self) -> None:
        """Keep room for the openings and closings of every broadcast to come."""
        for number, frame in enumerate(self._table.frames if self._share.signs else ()):
            if frame.ends <= self._share.soon:
                continue
            for role in ROLES:
                held = (sign.ticket for sign in self._share.signs if sign.role == role)
                ticket = next((ticket for ticket in held if ticket.covers(frame.day)), None)
                if ticket is not None and (number, role) not in self._share.signed:
                    self._reserve(number, role, ticket)

    def _reserve(self, number: int, role: str, ticket: Ticket) -> None:
        frame, length = self._table.frames[number], ticket.length
        lower = max(frame.starts, self._from(number, role))
        at = lower if role == OPENING else max(lower, frame.ends - length)
        upper = self._begins.get(number, frame.ends) if role == OPENING else frame.ends
        start = self._line.earliest(at, upper, length, quiet=frame.quiet)
        if start == at:
            self._line.add(start, start + length)
            reserved = Sign(number, role, ticket, start, start + self._measures.slack)
            self._reserved.setdefault(number, []).append(reserved)

    def _from(self, number: int, role: str) -> int:
        return self._share.kept_signs.get((number, role), self._share.soon)

    def close_frames(self) -> list[Sign]:
        """Return the idents of the broadcasts that have something; a closing follows the last of it."""
        signs = []
        for number, reserved in self._reserved.items():
            signs += [self._settled(sign) for sign in reserved if number in self.filled]
        return signs

    def _settled(self, sign: Sign) -> Sign:
        return self._drawn_up(sign) if sign.role == CLOSING else self._bounded_sign(sign)

    def _drawn_up(self, sign: Sign) -> Sign:
        frame, length = self._table.frames[sign.frame], sign.ticket.length
        self._line.drop(sign.starts, sign.starts + length)
        lower = max(self._ends[sign.frame] + self._measures.gap, self._from(sign.frame, CLOSING))
        start = self._line.earliest(lower, frame.ends, length, quiet=frame.quiet)
        start = sign.starts if start is None else start
        self._line.add(start, start + length)
        moved = sign._replace(starts=start, latest=start + self._measures.slack)
        return self._bounded_sign(moved)

    def _bounded_sign(self, sign: Sign) -> Sign:
        quiet = self._table.quiet if self._table.frames[sign.frame].enforced else ()
        ends = self._table.frames[sign.frame].ends if self._table.paired else None
        latest = self._bound(sign.starts, sign.latest, sign.ticket.length, quiet, ends)
        return sign._replace(latest=latest)

    def bounded(self, place: Place) -> Place:
        """Return the place so that even a late start ends before quiet hours and before fixed times."""
        hearing = place.hearing
        if hearing.turn is Turn.EMERGENCY:
            return place
        quiet = self._silence(hearing)
        if place.frame is not None and not self._table.frames[place.frame].enforced:
            quiet = ()
        latest = self._bound(place.starts, place.latest, hearing.ticket.length, quiet, self._over_by(place))
        return place if latest == place.latest else place._replace(latest=latest)

    def _over_by(self, place: Place) -> int | None:
        """Return when a late start must have ended for the sake of other stations."""
        hearing = place.hearing
        if not self._table.paired:
            return None
        if place.frame is not None:
            return self._table.frames[place.frame].ends
        return (hearing.fixed or place.starts) + self._measures.slack + hearing.ticket.length

    def _silence(self, hearing: Hearing) -> Spans:
        table = self._table
        return table.strict if hearing.order in table.excused else table.quiet

    def _bound(self, starts: int, latest: int, length: int, quiet: Spans, ends: int | None) -> int:
        if ends is not None:
            latest = min(latest, ends - length)
        begins = next_span(quiet, starts)
        if begins is not None:
            latest = min(latest, begins - length)
        for at in self._fixed:
            if starts < at:
                latest = min(latest, at - self._measures.gap - length)
        return max(starts, latest)

    def _why(self, hearing: Hearing) -> tuple[str, dict[str, int]]:
        """Tell why nothing was found, whatever the hour: the facts are seconds."""
        length = hearing.ticket.length
        if hearing.turn is Turn.EMERGENCY or hearing.fixed is not None:
            return self._why_not_then(hearing), {}
        spans = list(self._spans_for(hearing))
        if not spans:
            return NO_BROADCAST, {}
        longest = max(ends - begins for _, begins, ends in spans)
        if longest < length:
            reason = OUT_OF_HOURS if hearing.hours else TOO_LONG
            return reason, {"needed": -(-length // 1000), "longest": max(longest, 0) // 1000}
        gaps = [self._line.longest_gap(begins, ends) for _, begins, ends in spans]
        if max(gaps) < length:
            return NO_ROOM, {"needed": -(-length // 1000), "longest": max(0, *gaps) // 1000}
        return (REPEATED if self._is_near(hearing, spans) else TOO_LATE), {}

    def _why_not_then(self, hearing: Hearing) -> str:
        if hearing.key in self._over_rule:
            return OVER_RULE
        if hearing.fixed is None:
            return FIXED_TAKEN
        silence, now = self._silence(hearing), self._share.now
        return why_not_then(
            hearing, hearing.fixed, self._line, silence=silence, measures=self._measures, now=now
        )

    def _is_near(self, hearing: Hearing, spans: Sequence[tuple[int, int, int]]) -> bool:
        """Tell whether the same wording stands in every broadcast with room, or too near to it."""
        wording = hearing.ticket.wording
        free = [span for span in spans if (wording, span[0]) not in self._heard]
        return all(self._fit(hearing, begins, ends, margin=0) is None for _, begins, ends in free)
