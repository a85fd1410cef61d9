"""What a decision changes at a station (pure): beside the airings that stand there already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from content.contracts.airings import Level, State, order_airing_id
from scheduler.hearings import Key, Left, Ticket, Turn
from scheduler.idents import OPENING, ident_id
from scheduler.owing import Stand
from scheduler.picture import Desk
from scheduler.rows import Row
from scheduler.shares import Packed, Place, Sign


class Remark(NamedTuple):
    """Why an airing lies where it does: what it was kept from, and when that is (an instant in ms, a day)."""

    why: str
    when: int | date


FULL, WAITED, HELD_UP = "full", "waited", "held_up"
"""A broadcast had no room; a day had none; something else stood at the fixed time."""


class NewAiring(NamedTuple):
    """An airing to make; times in ms."""

    id: str
    level: str
    ticket: Ticket
    order: int | None
    due: date
    n: int
    window: int | None
    starts: int
    latest: int
    remark: Remark | None = None
    gain: int = 0


class Shift(NamedTuple):
    """An airing with its new place; `ticket` is given where an ident gets another wording."""

    row: Row
    window: int | None
    starts: int
    latest: int
    remark: Remark | None = None
    ticket: Ticket | None = None
    gain: int = 0


@dataclass(slots=True)
class Outcome:
    """One station's difference: what is made, moved, taken back, and what found no room."""

    desk: Desk
    new: list[NewAiring] = field(default_factory=list)
    moved: list[Shift] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def outcome_of(stand: Stand, packed: Packed) -> Outcome:
    """Compare a decision with what stands."""
    outcome = Outcome(stand.desk)
    held = {_put(outcome, stand, place) for place in packed.places}
    held |= {_put_sign(outcome, stand, sign) for sign in packed.signs}
    if stand.movable or stand.idents:
        outcome.lost.extend(row for row in stand.movable if row.id not in held)
        outcome.lost.extend(_orphans(stand, packed))
    outcome.left.extend(_left(stand, packed))
    return outcome


def _put(outcome: Outcome, stand: Stand, place: Place) -> str:
    hearing, timetable, frame = place.hearing, stand.share.timetable, place.frame
    window = None if frame is None else stand.desk.windows[timetable.frames[frame].window].id
    gain = 0 if hearing.turn is Turn.EMERGENCY else timetable.gain(frame, hearing.due)
    row = stand.rows.get(hearing.key)
    if row is None:
        return _make(outcome, stand, place, window, gain)
    if row.starts != place.starts or (row.latest, row.window, row.gain) != (place.latest, window, gain):
        remark = _remark(stand, place)
        outcome.moved.append(Shift(row, window, place.starts, place.latest, remark, None, gain))
    return row.id


def _make(outcome: Outcome, stand: Stand, place: Place, window: int | None, gain: int) -> str:
    order, due, n = place.hearing.key
    name, remark = order_airing_id(order, stand.desk.name, due, n), _remark(stand, place)
    what = (name, place.hearing.level, place.hearing.ticket, order, due, n)
    outcome.new.append(NewAiring(*what, window, place.starts, place.latest, remark, gain))
    return name


def _remark(stand: Stand, place: Place) -> Remark | None:
    """Return what the row says about its place."""
    hearing, frames = place.hearing, stand.share.timetable.frames
    if hearing.fixed is not None:
        return Remark(HELD_UP, hearing.fixed) if place.starts > hearing.fixed else None
    if place.instead_of is not None:
        return Remark(FULL, frames[place.instead_of].starts)
    later = place.frame is not None and frames[place.frame].day > hearing.due
    return Remark(WAITED, hearing.due) if later and hearing.key in stand.desk.left else None


def _put_sign(outcome: Outcome, stand: Stand, sign: Sign) -> str:
    desk, frame = stand.desk, stand.share.timetable.frames[sign.frame]
    window, opens = desk.windows[frame.window].id, sign.role == OPENING
    movable = {row.id for row in stand.movable}
    taken = {
        row.n: row for row in stand.idents if (row.window, row.due) == (window, frame.day) and row.n
    }  # fmt: skip
    attempt = 1
    while (row := taken.get(_number(attempt, opens=opens))) is not None and row.id not in movable:
        attempt += 1
    if row is None:
        name = ident_id(window, desk.name, frame.day, sign.role, attempt)
        number, ticket = _number(attempt, opens=opens), sign.ticket
        where = (frame.day, number, window, *sign[3:])
        new = NewAiring(name, str(Level.NORMAL), ticket, None, *where, gain=frame.gain)
        outcome.new.append(new)
        return name
    other = sign.ticket if row.approval != sign.ticket.approval else None
    if other or (row.starts, row.latest, row.gain) != (sign.starts, sign.latest, frame.gain):
        shift = Shift(row, window, sign.starts, sign.latest, ticket=other, gain=frame.gain)
        outcome.moved.append(shift)
    return row.id


def _number(attempt: int, *, opens: bool) -> int:
    """Return the number of an ident's attempt: odd ones open, even ones close."""
    return 2 * attempt - opens


def _orphans(stand: Stand, packed: Packed) -> list[Row]:
    """Return idents of broadcasts that lost everything else, too near to be moved but not begun."""
    found, movable = [], {row.id for row in stand.movable}
    for row in stand.idents:
        if (
            row.id in movable
            or row.recalled
            or row.rank > State.RELEASED.rank
            or row.starts < stand.share.now
        ):
            continue
        if packed.empty.issuperset(stand.share.timetable.around(row.starts)):
            found.append(row)
    return found


def _left(stand: Stand, packed: Packed) -> list[Left]:
    """Return what found no room, under the name it will be owed by: one that had a place loses its number."""
    lost: dict[tuple[int, date], list[Key]] = defaultdict(list)
    found = []
    for hearing, reason, facts in packed.left:
        if hearing.key in stand.share.kept:
            lost[hearing.order, hearing.due].append(hearing.key)
        found.append(Left(stand.desk.name, hearing, reason, facts, hearing.n))
    if not lost:
        return found
    return [one._replace(n=_next_number(stand, one, lost)) for one in found]


def _next_number(stand: Stand, left: Left, lost: dict[tuple[int, date], list[Key]]) -> int:
    """Return the number by which a hearing is owed once the rows of `lost` are taken back."""
    hearing = left.hearing
    keys = sorted(lost.get((hearing.order, hearing.due), ()))
    if hearing.key not in keys:
        return hearing.n
    gone = len(stand.gone.get((hearing.order, hearing.due), ()))
    return hearing.times + gone + 1 + keys.index(hearing.key)
