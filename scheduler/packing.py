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

from scheduler.hearings import Hearing, Ticket, Turn
from scheduler.idents import CLOSING, OPENING, ROLES
from scheduler.shares import Measures, Packed, Place, Share, Sign, week_of
from scheduler.timeline import Slot, Spans, Timeline, next_span

NO_BROADCAST, TOO_LONG, NO_ROOM, REPEATED = "no_broadcast", "too_long", "no_room", "repeated"
TOO_LATE, NOT_PICKED, FIXED_TAKEN, OUT_OF_HOURS = "too_late", "not_picked", "fixed_taken", "out_of_hours"


def pack(share: Share, measures: Measures) -> Packed:
    """Place what one station is owed around what stands."""
    desk = _Desk(share, measures)
    early = [hearing for hearing in share.hearings if hearing.turn <= Turn.FIXED]
    for hearing in early:
        desk.give(hearing)
    desk.open_frames()
    for hearing in _sequence(share, desk):
        desk.give(hearing)
    signs = desk.close_frames()
    places = [desk.bounded(place) for place in desk.places]
    empty = frozenset(range(len(share.timetable.frames))) - desk.filled
    return Packed(places, desk.left, signs, empty)


def _sequence(share: Share, desk: _Desk) -> Iterator[Hearing]:
    """Give what is neither urgent nor fixed in the order of filling, decided as it goes."""
    rest = [hearing for hearing in share.hearings if hearing.turn > Turn.FIXED]
    if not share.picks and not share.quotas:
        yield from rest
        return
    yield from (hearing for hearing in rest if hearing.turn is Turn.PRIORITY)
    normal = [hearing for hearing in rest if hearing.turn is Turn.NORMAL]
    picked = [hearing for hearing in normal if _picked(hearing, share)]
    yield from sorted(picked, key=lambda hearing: (*_pick_order(hearing, share), hearing.order, hearing.n))
    chosen = {hearing.key for hearing in picked}
    yield from _by_share([hearing for hearing in normal if hearing.key not in chosen], desk)


def _picked(hearing: Hearing, share: Share) -> list[date]:
    """Return the days on which the ward wants to hear it."""
    bulletin = hearing.ticket.bulletin
    return [day for day in hearing.days if bulletin is not None and (day, bulletin) in share.picks]


def _pick_order(hearing: Hearing, share: Share) -> tuple[date, int]:
    day = _picked(hearing, share)[0]
    return day, share.picks[day, hearing.ticket.bulletin or 0]


def _by_share(normal: list[Hearing], desk: _Desk) -> Iterator[Hearing]:
    """Give a day's normal hearings, the programme first to which the largest share is still owed."""
    waiting: dict[date, dict[str, list[Hearing]]] = {}
    for hearing in reversed(normal):
        lists = waiting.setdefault(hearing.due, {})
        lists.setdefault(hearing.ticket.programme or "", []).append(hearing)
    for day in sorted(waiting):
        lists = waiting[day]
        while lists:
            code = min(lists, key=lambda code: (-desk.owed(code, day), lists[code][-1].precedence))
            yield lists[code].pop()
            if not lists[code]:
                del lists[code]


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
            return
        lower = self._share.kept.get(hearing.key, self._share.soon)
        if hearing.turn is Turn.EMERGENCY:
            place = self._at_once(hearing)
        elif hearing.fixed is not None:
            place = self._at_its_time(hearing, hearing.fixed, lower)
        else:
            place = self._in_a_frame(hearing, lower)
        if place is None:
            self.left.append((hearing, *self._why(hearing)))
        else:
            self._take(place)

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
        if hearing.turn is Turn.FIXED:
            self._fixed.append(place.starts)
        if place.frame is not None:
            self._heard.add((hearing.ticket.wording, place.frame))
            self._fill(place.frame, place.starts, ends)
            self._count(hearing, self._table.frames[place.frame].day)
        else:
            self._count(hearing, hearing.due)
        self.places.append(place)

    def _at_once(self, hearing: Hearing) -> Place | None:
        """Let an emergency wait for nothing but another emergency."""
        lower, slack = self._share.now, self._measures.emergency_slack
        length = hearing.ticket.length
        start = self._urgent.earliest(lower, lower + slack + length, length)
        return None if start is None else Place(hearing, start, start + slack, None)

    def _at_its_time(self, hearing: Hearing, at: int, lower: int) -> Place | None:
        upper = at + self._measures.fixed_slack + hearing.ticket.length
        if hearing.hours:
            upper = min(upper, hearing.hours[0][1])
        start = self._fit(hearing, max(at, lower), upper, quiet=self._silence(hearing))
        if start is None:
            return None
        frame = self._frame_around(start, start + hearing.ticket.length)
        if frame is not None and (hearing.ticket.wording, frame) in self._heard:
            return None
        return Place(hearing, start, start + self._measures.slack, frame)

    def _in_a_frame(self, hearing: Hearing, lower: int) -> Place | None:
        full: int | None = None
        for number, begins, ends in self._spans_for(hearing):
            if (hearing.ticket.wording, number) in self._heard:
                continue
            quiet = self._table.frames[number].quiet
            start = self._fit(hearing, max(begins, lower), ends, quiet=quiet)
            if start is not None:
                return Place(hearing, start, start + self._measures.slack, number, full)
            if full is None and not self._has_room(hearing, begins, ends, quiet=quiet):
                full = number
        return None

    def _spans_for(self, hearing: Hearing) -> Iterator[tuple[int, int, int]]:
        """Give (frame, from, to) of the broadcasts in which it may be heard, in order."""
        frames, of_day = self._table.frames, self._table.of_day
        days = self._days(hearing)
        for place, day in enumerate(hearing.days):
            for number in of_day.get(day, ()) if day in days else ():
                begins, ends = frames[number].starts, self._end_of(number)
                if hearing.hours:
                    begins, ends = max(begins, hearing.hours[place][0]), min(ends, hearing.hours[place][1])
                yield number, begins, ends

    def _days(self, hearing: Hearing) -> Sequence[date]:
        if self._share.fill == "ward" and hearing.turn is Turn.NORMAL:
            return _picked(hearing, self._share)
        return hearing.days

    def _end_of(self, number: int) -> int:
        """Return until when a broadcast takes more: its closing, or (by the rules) its fixed time ends it."""
        frame = self._table.frames[number]
        ends = frame.ends
        if (number, CLOSING) in self._share.signed:
            ends = min(ends, self._share.signed[number, CLOSING][0] - self._measures.gap)
        if self._measures.only_before:
            inside = [at - self._measures.gap for at in self._fixed if frame.starts < at < frame.ends]
            ends = min([ends, *inside])
        return ends

    def _fit(self, hearing: Hearing, lower: int, upper: int, *, quiet: Spans = ()) -> int | None:
        ticket = hearing.ticket
        return self._line.earliest(lower, upper, ticket.length, wording=ticket.wording, quiet=quiet)

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
        latest = self._bound(sign.starts, sign.latest, sign.ticket.length, quiet)
        return sign._replace(latest=latest)

    def bounded(self, place: Place) -> Place:
        """Return the place so that even a late start ends before quiet hours and before fixed times."""
        hearing = place.hearing
        if hearing.turn is Turn.EMERGENCY:
            return place
        quiet = self._silence(hearing)
        if place.frame is not None and not self._table.frames[place.frame].enforced:
            quiet = ()
        latest = self._bound(place.starts, place.latest, hearing.ticket.length, quiet)
        return place if latest == place.latest else place._replace(latest=latest)

    def _silence(self, hearing: Hearing) -> Spans:
        table = self._table
        return table.strict if hearing.order in table.excused else table.quiet

    def _bound(self, starts: int, latest: int, length: int, quiet: Spans) -> int:
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
            return FIXED_TAKEN, {}
        if not self._days(hearing):
            return NOT_PICKED, {}
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

    def _is_near(self, hearing: Hearing, spans: Sequence[tuple[int, int, int]]) -> bool:
        """Tell whether the same wording stands in every broadcast with room, or too near to it."""
        wording = hearing.ticket.wording
        free = [span for span in spans if (wording, span[0]) not in self._heard]
        return all(self._fit(hearing, begins, ends) is None for _, begins, ends in free)
