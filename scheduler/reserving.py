"""Room for openings and closings: kept before the broadcasts are filled, settled afterwards (pure)."""

from __future__ import annotations

from scheduler.hearings import Ticket
from scheduler.idents import CLOSING, OPENING, ROLES
from scheduler.lateness import Lateness
from scheduler.shares import Measures, Share, Sign
from scheduler.taken import Taken


class Reserving:
    """The idents of one station's broadcasts."""

    def __init__(self, share: Share, measures: Measures, taken: Taken, lateness: Lateness) -> None:
        self._share, self._measures = share, measures
        self._taken, self._lateness = taken, lateness
        self._frames = share.timetable.frames
        self._reserved: dict[int, list[Sign]] = {}

    def open_frames(self) -> None:
        """Keep room for the openings and closings of every broadcast to come."""
        for number, frame in enumerate(self._frames if self._share.signs else ()):
            if frame.ends <= self._share.soon:
                continue
            for role in ROLES:
                held = (sign.ticket for sign in self._share.signs if sign.role == role)
                ticket = next((ticket for ticket in held if ticket.covers(frame.day)), None)
                if ticket is not None and (number, role) not in self._share.signed:
                    self._reserve(number, role, ticket)

    def _reserve(self, number: int, role: str, ticket: Ticket) -> None:
        frame, length, line = self._frames[number], ticket.length, self._taken.line
        lower = max(frame.starts, self._from(number, role))
        at = lower if role == OPENING else max(lower, frame.ends - length)
        upper = self._taken.begins.get(number, frame.ends) if role == OPENING else frame.ends
        start = line.earliest(at, upper, length, quiet=frame.quiet)
        if start == at:
            line.add(start, start + length)
            reserved = Sign(number, role, ticket, start, start + self._measures.slack)
            self._reserved.setdefault(number, []).append(reserved)

    def _from(self, number: int, role: str) -> int:
        return self._share.kept_signs.get((number, role), self._share.soon)

    def close_frames(self) -> list[Sign]:
        """Return the idents of the broadcasts that have something; a closing follows the last of it."""
        filled = (number for number in self._reserved if number in self._taken.filled)
        return [self._settled(sign) for number in filled for sign in self._reserved[number]]

    def _settled(self, sign: Sign) -> Sign:
        return self._lateness.bounded_sign(self._drawn_up(sign) if sign.role == CLOSING else sign)

    def _drawn_up(self, sign: Sign) -> Sign:
        frame, length, line = self._frames[sign.frame], sign.ticket.length, self._taken.line
        line.drop(sign.starts, sign.starts + length)
        lower = max(self._taken.ends[sign.frame] + self._measures.gap, self._from(sign.frame, CLOSING))
        start = line.earliest(lower, frame.ends, length, quiet=frame.quiet)
        start = sign.starts if start is None else start
        line.add(start, start + length)
        return sign._replace(starts=start, latest=start + self._measures.slack)
