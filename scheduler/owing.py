"""What each station is owed and what stands there already (pure, over a picture read before)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from content.contracts.airings import Kind, Level, Reason, State
from scheduler.giving_way import giving_way
from scheduler.hearings import (
    DAY,
    Demand,
    Hearing,
    Key,
    Turn,
    days_from,
    fixed_time,
    numbers,
    owed_days,
)
from scheduler.idents import CLOSING, OPENING, Signs, signs_at
from scheduler.moments import SECOND_MS, length_ms, to_ms, whole_second_from
from scheduler.picture import Desk, Picture, Row
from scheduler.quiet import instant_at
from scheduler.rules import Rules
from scheduler.shares import Share, Timetable, week_of
from scheduler.timeline import Slot

SILENT = frozenset({State.CANCELLED.value, State.MISSED.value, State.SKIPPED.value})
_PLANNED, _RELEASED = State.PLANNED.rank, State.RELEASED.rank
_IDENT, _EMERGENCY = Kind.IDENT.value, Level.EMERGENCY.value
HANDOVER = timedelta(minutes=2)
"""What was released and is nearer than this is not moved even by force: its station may not learn of it."""
Days = tuple[tuple[date, tuple[int, ...]], ...]
"""Day by day the orders (by place in the picture) that reach a unit."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A station's share with what it was decided from: `rows` by key, `gone` the numbers taken back."""

    desk: Desk
    share: Share
    rows: Mapping[Key, Row]
    gone: Mapping[tuple[int, date], set[int]]
    movable: Sequence[Row]
    idents: Sequence[Row]
    memo: tuple[object, ...]


@dataclass
class Owing:
    """Decides at `now`, by `rules`, over one picture; with `force` the lock-in does not hold."""

    picture: Picture
    now: datetime
    rules: Rules
    force: bool = False
    _roots: dict[date, dict[int, list[int]]] = field(init=False, repr=False)
    _tagged: dict[date, list[int]] = field(init=False, repr=False)
    _lists: dict[Days, tuple[Hearing, ...]] = field(default_factory=dict, repr=False)
    _units: dict[int, Days] = field(default_factory=dict, repr=False)
    _made: dict[tuple[int, date, int, int], Hearing] = field(default_factory=dict, repr=False)
    _quotas: dict[int, dict[str, int]] = field(default_factory=dict, repr=False)
    _signs: dict[int, Signs] = field(default_factory=dict, repr=False)
    _in_time: dict[tuple[int, int], tuple[Hearing, ...]] = field(default_factory=dict, repr=False)
    _bound: dict[int, list[Hearing]] = field(default_factory=dict, repr=False)
    _own_days: dict[int, list[date]] = field(default_factory=dict, repr=False)
    _by_id: dict[int, Demand] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._now = to_ms(self.now)
        self._today = self.rules.day_of(self.now)
        self._soon = whole_second_from(self._now + length_ms(self.rules.lead) + self._odd())
        lock = min(HANDOVER, self.rules.lock_in) if self.force else self.rules.lock_in
        self._floor = max(self._soon, whole_second_from(self._now + length_ms(lock) + self._odd()))
        self._by_id = {demand.id: demand for demand in self.picture.demands}
        self._codes = {ticket.programme for d in self.picture.demands if (ticket := d.ticket)}
        self._reach()

    def _odd(self) -> int:
        """Return a millisecond when `now` has more digits than ms count, so that nothing is too near."""
        return 1 if self.now.microsecond % SECOND_MS else 0

    def _reach(self) -> None:
        picture = self.picture
        self._roots = defaultdict(lambda: defaultdict(list))
        self._tagged = defaultdict(list)
        for place, demand in enumerate(picture.demands):
            for day in owed_days(demand, picture.start, picture.end, picture.calendars):
                if demand.ticket is None or not demand.ticket.covers(day):
                    continue
                for unit in {picture.places.standing(unit, day) for unit in demand.units} - {None}:
                    self._roots[day][unit or 0].append(place)
                if demand.tags:
                    self._tagged[day].append(place)

    def floor(self, row: Row) -> int:
        """Return the first instant at which a row may still be moved, and to which it may be moved."""
        return self._soon if self.force and row.rank == _PLANNED else self._floor

    def movable(self, row: Row) -> bool:
        """Tell whether a row may still be moved; an emergency never is."""
        return (
            row.rank <= _RELEASED
            and not row.recalled
            and (row.order is not None or row.kind == _IDENT)
            and row.level != _EMERGENCY
            and row.starts >= self.floor(row)
        )

    def stand(self, desk: Desk) -> Stand:
        """Return what decides a station's plan."""
        timetable = self.picture.timetables.of(desk.name, desk.unit_id, desk.windows)
        days = self._days_of(desk.unit_id)
        if not desk.rows and not desk.left:
            hearings = self._chance(self._list(days), timetable)
            return self._stand(desk, timetable, hearings, _Rows())
        rows, way = _Rows(), self._giving_way(desk, days, timetable)
        for row in desk.rows:
            self._lay(rows, row, desk, timetable, way)
        owed = self._with_numbers(self._list(days), rows)
        if late := self._late(desk, rows, timetable):
            owed = sorted([*owed, *late], key=lambda hearing: hearing.precedence)
        self._anchor(rows, owed)
        hearings = tuple(hearing for hearing in owed if self._is_owed(hearing, rows, timetable))
        self._count_strangers(rows, hearings)
        return self._stand(desk, timetable, hearings, rows)

    def _stand(self, desk: Desk, timetable: Timetable, hearings: tuple[Hearing, ...], rows: _Rows) -> Stand:
        quotas, signs = self._quotas_at(desk.unit_id), self._signs_at(desk.unit_id)
        share = Share(
            timetable=timetable,
            hearings=hearings,
            now=self._now,
            soon=self._soon,
            standing=tuple(rows.standing),
            stays=frozenset(rows.stays),
            kept=rows.kept,
            picks=desk.picks,
            fill="ward" if desk.fill == "ward" else "auto",
            quotas=quotas,
            given=rows.given,
            signs=signs,
            signed=rows.signed,
            kept_signs=rows.kept_signs,
        )
        memo = (
            *(
                id(timetable),
                tuple(map(id, hearings)) if desk.rows or desk.left else id(hearings),
                share.standing,
                share.stays,
            ),
            *(tuple(rows.kept.items()), tuple(sorted(desk.picks.items())), desk.fill, id(quotas), signs),
            *(tuple(rows.given.items()), tuple(rows.signed.items()), tuple(rows.kept_signs.items())),
        )
        return Stand(desk, share, rows.rows, rows.gone, rows.movable, rows.idents, memo)

    def _giving_way(self, desk: Desk, days: Days, timetable: Timetable) -> frozenset[str]:
        """Return the ids of what makes way, though locked, for a fixed time that is new here."""
        owed = self._list(days)
        if id(owed) not in self._bound:
            self._bound[id(owed)] = [h for h in owed if h.fixed is not None and h.fixed >= self._soon]
        if not self._bound[id(owed)] or self.picture.places.weekly(desk.unit_id):
            return frozenset()
        known = {(row.order, row.due, row.n) for row in desk.rows}
        new = [hearing for hearing in self._bound[id(owed)] if hearing.key not in known]
        rows = [row for row in desk.rows if row.state not in SILENT and not self.movable(row)]
        gap = length_ms(self.rules.gap)
        return giving_way(rows, new, timetable, gap=gap, may=self._may_give_way) if new else frozenset()

    def _may_give_way(self, row: Row) -> bool:
        demand = self._by_id.get(row.order or 0)
        from_on = self._soon if row.rank == _PLANNED else self._now + length_ms(HANDOVER)
        mine = row.kind == _IDENT or (demand is not None and not demand.fixed_times)
        return (
            mine
            and row.rank <= _RELEASED
            and not row.recalled
            and row.level != _EMERGENCY
            and row.starts >= from_on
        )

    def _days_of(self, unit_id: int) -> Days:
        """Return which orders reach a unit's stations on which day: once merged, they are its successor's."""
        if unit_id not in self._units:
            end = self.rules.planned_until(self._today, weekly=self.picture.places.weekly(unit_id))
            days = [day for day in sorted({*self._roots, *self._tagged}) if day < end]
            found = ((day, self.picture.places.standing(unit_id, day)) for day in days)
            self._units[unit_id] = tuple(
                (day, self._at(unit, day)) for day, unit in found if unit is not None
            )
        return self._units[unit_id]

    def _at(self, unit_id: int, day: date) -> tuple[int, ...]:
        """Return the orders (by place in the picture) that reach a unit in being on a day."""
        path = self.picture.places.path(unit_id)
        here = {at for above in path for at in self._roots[day].get(above, ())}
        here.update(at for at in self._tagged.get(day, ()) if self._wears(unit_id, at))
        return tuple(sorted(at for at in here if self._may_relay(path, at)))

    def reaching(self, unit_id: int, day: date) -> list[Demand]:
        """Return the orders that owe a unit something on a day, by id."""
        here = dict(self._days_of(unit_id)).get(day, ())
        return [self.picture.demands[at] for at in here]

    def _wears(self, unit_id: int, at: int) -> bool:
        return not self.picture.places.tags(unit_id).isdisjoint(self.picture.demands[at].tags)

    def _may_relay(self, path: Sequence[int], at: int) -> bool:
        below = self.picture.demands[at].below
        return below is None or below in path

    def _list(self, days: Days) -> tuple[Hearing, ...]:
        """Return all hearings of some orders on their days, in the order of precedence."""
        if days not in self._lists:
            found = [h for day, here in days for at in here for h in self._of_day(at, day)]
            self._lists[days] = tuple(sorted(found, key=lambda hearing: hearing.precedence))
        return self._lists[days]

    def _of_day(self, at: int, due: date) -> tuple[Hearing, ...]:
        demand = self.picture.demands[at]
        pairs = numbers(demand.times_per_day, ())
        return tuple(self._hearing(demand, due, n, place) for n, place in pairs)

    def _hearing(self, demand: Demand, due: date, n: int, place: int) -> Hearing:
        """Return a hearing, made once: stations that are alike are told by it."""
        key = (demand.id, due, n, place)
        if key not in self._made:
            self._made[key] = self._make(demand, due, n, place)
        return self._made[key]

    def _make(self, demand: Demand, due: date, n: int, place: int) -> Hearing:
        ticket, rules = demand.ticket, self.rules
        if ticket is None:
            raise ValueError("an order without a ticket owes nothing")
        wall = fixed_time(demand, place)
        days = days_from(self._days_owed(demand, ticket.last), due, within=rules.carry_within)
        return Hearing(
            order=demand.id,
            due=due,
            n=n,
            turn=_turn(demand.level, fixed=wall is not None),
            ticket=ticket,
            days=days,
            until=demand.last_day,
            ordered_at=to_ms(demand.created_at),
            fixed=None if wall is None else to_ms(instant_at(due, wall, rules.zone)),
            hours=self._hours(demand, days),
            level=demand.level,
            times=demand.times_per_day,
        )

    def _days_owed(self, demand: Demand, last: date) -> list[date]:
        """Return an order's own days, from the first on which anything owed may still be given."""
        if demand.id not in self._own_days:
            picture = self.picture
            end = picture.end + self.rules.carry_within * DAY
            own = owed_days(demand, picture.first, end, picture.calendars)
            self._own_days[demand.id] = own[: bisect_right(own, last)]
        return self._own_days[demand.id]

    def _late(self, desk: Desk, rows: _Rows, timetable: Timetable) -> list[Hearing]:
        """Return what was owed before the days of the picture and waits for the next broadcast.

        What is over for good is not looked at any more: the reason it had no room stays on file.
        """
        first = self.picture.start
        kept = {key for key in (*rows.kept, *rows.anchored) if key[1] < first}
        left = [key for key in desk.left if key[1] < first]
        waiting = [key for key in left if self._may_come(key, desk, timetable)]
        for key in set(left).difference(waiting):
            del desk.left[key]
        found = (self._carried(key, desk.unit_id) for key in sorted({*kept, *waiting} - rows.stays))
        return [hearing for hearing in found if hearing is not None]

    def _may_come(self, key: Key, desk: Desk, timetable: Timetable) -> bool:
        """Tell whether a broadcast in which a late hearing may be given is still to come."""
        hearing = self._carried(key, desk.unit_id)
        open_days = timetable.open_days(hearing.days, carry=self.rules.carry_days) if hearing else ()
        return any(timetable.last.get(day, 0) > self._soon for _, day in open_days)

    def _carried(self, key: Key, unit_id: int) -> Hearing | None:
        """Return a late hearing, None when its order does not reach the unit any more."""
        order, due, n = key
        demand = self._by_id.get(order)
        if demand is None or demand.ticket is None or demand.fixed_times or demand.level == Level.EMERGENCY:
            return None
        here = any(self.picture.demands[at] is demand for _, reach in self._days_of(unit_id) for at in reach)
        owed = here and due in self._days_owed(demand, demand.ticket.last)
        return self._hearing(demand, due, n, 0) if owed else None

    def _hours(self, demand: Demand, days: Sequence[date]) -> tuple[tuple[int, int], ...] | None:
        if demand.hours is None:
            return None
        begins, ends = demand.hours
        zone = self.rules.zone
        return tuple((to_ms(instant_at(d, begins, zone)), to_ms(instant_at(d, ends, zone))) for d in days)

    def _with_numbers(self, owed: tuple[Hearing, ...], rows: _Rows) -> Sequence[Hearing]:
        """Return the hearings, those of days on which something was taken back under their new numbers."""
        if not rows.gone:
            return owed
        own = [hearing for hearing in owed if (hearing.order, hearing.due) not in rows.gone]
        pairs = dict.fromkeys((h.order, h.due) for h in owed if (h.order, h.due) in rows.gone)
        for order, due in pairs:
            demand = self._by_id[order]
            for n, place in numbers(demand.times_per_day, rows.gone[order, due]):
                own.append(self._hearing(demand, due, n, place))
        return sorted(own, key=lambda hearing: hearing.precedence)

    def _chance(self, owed: tuple[Hearing, ...], timetable: Timetable) -> tuple[Hearing, ...]:
        """Return what was ordered in time, for a station without any airing yet."""
        key = (id(owed), id(timetable))
        if key not in self._in_time:
            self._in_time[key] = tuple(h for h in owed if self._came_in_time(h, timetable))
        return self._in_time[key]

    def _is_owed(self, hearing: Hearing, rows: _Rows, timetable: Timetable) -> bool:
        key = hearing.key
        if key in rows.rows:
            return key in rows.kept or key in rows.stays
        return hearing.due < self.picture.start or self._came_in_time(hearing, timetable)

    def _came_in_time(self, hearing: Hearing, timetable: Timetable) -> bool:
        """Tell whether the order came while its due date still had a chance; otherwise nothing is owed."""
        if hearing.turn is Turn.EMERGENCY:
            return self._now <= hearing.ordered_at + length_ms(self.rules.emergency_slack)
        if hearing.fixed is not None:
            return hearing.ordered_at <= hearing.fixed + length_ms(self.rules.fixed_slack)
        ends = timetable.last.get(hearing.due)
        least = hearing.ordered_at + length_ms(self.rules.lead) + hearing.ticket.length
        return ends is not None and ends >= least

    def _lay(
        self, rows: _Rows, row: Row, desk: Desk, timetable: Timetable, way: Collection[str] = ()
    ) -> None:
        """Lay one airing on the desk: it may be moved, stands, or only tells what was taken back."""
        key = (row.order, row.due, row.n) if row.order and row.due and row.n else None
        if key is not None:
            rows.rows[key] = row
            if _taken_back(row):
                rows.gone.setdefault(key[:2], set()).add(key[2])
        if row.kind == _IDENT:
            rows.idents.append(row)
        if row.id in way:
            self._lay_from(rows, row, row.starts, _frame_of(row, desk, timetable), key)
        elif self.movable(row):
            self._lay_movable(rows, row, desk, timetable, key)
        elif row.state not in SILENT and not row.recalled:
            self._lay_standing(rows, row, _frame_of(row, desk, timetable), key)

    def _lay_movable(self, rows: _Rows, row: Row, desk: Desk, timetable: Timetable, key: Key | None) -> None:
        if row.rank == _RELEASED and self.picture.places.weekly(desk.unit_id):
            self._lay_approved(rows, row, _frame_of(row, desk, timetable), timetable, key)
            return
        self._lay_from(rows, row, self.floor(row), _frame_of(row, desk, timetable), key)

    def _lay_from(self, rows: _Rows, row: Row, floor: int, frame: int | None, key: Key | None) -> None:
        """Lay what may be moved, not to before `floor`."""
        rows.movable.append(row)
        if key is not None:
            rows.kept[key] = floor
        elif row.n and frame is not None:
            rows.kept_signs[frame, _role(row.n)] = floor

    def _lay_approved(
        self, rows: _Rows, row: Row, frame: int | None, timetable: Timetable, key: Key | None
    ) -> None:
        """Lay what went out by an approver's word: it stands, or is taken back: to move it asks anew."""
        if key is None:
            self._lay_standing(rows, row, frame, key)
        elif row.window is None or (
            frame is not None and row.starts + row.length <= timetable.frames[frame].ends
        ):
            rows.anchored[key] = (row, frame)
        else:
            rows.movable.append(row)

    def _anchor(self, rows: _Rows, owed: Sequence[Hearing]) -> None:
        """Let what went out by approval stand where it is, as long as it is owed; the rest is taken back."""
        wanted = {hearing.key for hearing in owed} if rows.anchored else set()
        for key, (row, frame) in rows.anchored.items():
            if key in wanted:
                self._lay_standing(rows, row, frame, key)
            else:
                rows.movable.append(row)

    def _lay_standing(self, rows: _Rows, row: Row, frame: int | None, key: Key | None) -> None:
        ends = row.starts + row.length
        if row.kind == _IDENT:
            rows.standing.append(Slot(row.starts, ends))
            if frame is not None and row.n:
                rows.signed[frame, _role(row.n)] = (row.starts, ends)
            return
        wording = row.wording if row.wording is not None else self._source_of(row)
        rows.standing.append(Slot(row.starts, ends, wording, frame, row.level == _EMERGENCY))
        if key is not None:
            rows.stays.add(key)

    def _source_of(self, row: Row) -> int | None:
        """Return what stands for the wording of a relay that is still ordered."""
        found = (demand.ticket for demand in self.picture.demands if demand.id == row.order)
        return next((ticket.wording for ticket in found if ticket), None)

    def _count_strangers(self, rows: _Rows, hearings: Sequence[Hearing]) -> None:
        """Count the airtime of what stands and is no hearing of these days in its programme's week."""
        if not self.picture.quotas.seconds:
            return
        mine = {hearing.key for hearing in hearings}
        for key in rows.stays - mine:
            row = rows.rows[key]
            if row.programme:
                where = (row.programme, week_of(self._day_of(row.starts)))
                rows.given[where] = rows.given.get(where, 0) + row.length

    def _day_of(self, ms: int) -> date:
        return self.rules.day_of(self.now + timedelta(milliseconds=ms - self._now))

    def _quotas_at(self, unit_id: int) -> dict[str, int]:
        quotas = self.picture.quotas
        if not quotas.seconds:
            return _NO_QUOTAS
        if unit_id not in self._quotas:
            path = self.picture.places.path(self._home(unit_id))
            owed = {code: quotas.of(code, path) * SECOND_MS for code in sorted(self._codes - {None}, key=str)}
            found = {code: ms for code, ms in owed.items() if code and ms}
            same = (known for known in self._quotas.values() if known == found)
            self._quotas[unit_id] = next(same, found)
        return self._quotas[unit_id]

    def _home(self, unit_id: int) -> int:
        """Return the unit to which a unit's stations belong today."""
        return self.picture.places.standing(unit_id, self._today) or unit_id

    def _signs_at(self, unit_id: int) -> Signs:
        if not self.picture.signs:
            return ()
        if unit_id not in self._signs:
            self._signs[unit_id] = signs_at(self.picture.signs, self.picture.places.path(self._home(unit_id)))
        return self._signs[unit_id]


_NO_QUOTAS: dict[str, int] = {}


@dataclass(slots=True)
class _Rows:
    """One station's airings, sorted out."""

    rows: dict[Key, Row] = field(default_factory=dict)
    gone: dict[tuple[int, date], set[int]] = field(default_factory=dict)
    kept: dict[Key, int] = field(default_factory=dict)
    stays: set[Key] = field(default_factory=set)
    standing: list[Slot] = field(default_factory=list)
    movable: list[Row] = field(default_factory=list)
    anchored: dict[Key, tuple[Row, int | None]] = field(default_factory=dict)
    idents: list[Row] = field(default_factory=list)
    signed: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    kept_signs: dict[tuple[int, str], int] = field(default_factory=dict)
    given: dict[tuple[str, int], int] = field(default_factory=dict)


def _turn(level: str, *, fixed: bool) -> Turn:
    if level == Level.EMERGENCY:
        return Turn.EMERGENCY
    if fixed:
        return Turn.FIXED
    return Turn.PRIORITY if level == Level.PRIORITY else Turn.NORMAL


def _taken_back(row: Row) -> bool:
    """Tell whether a hearing is owed again: its wording changed, or the planner took its room away."""
    if row.reason is None:
        return False
    ended = row.state == State.CANCELLED or row.recalled
    return row.reason == Reason.RECALLED or (row.reason == Reason.OVER_LIMIT and ended)


def _role(n: int) -> str:
    """Return the role of an ident by its number: odd ones open."""
    return OPENING if n % 2 else CLOSING


def _frame_of(row: Row, desk: Desk, timetable: Timetable) -> int | None:
    """Return the broadcast that an airing lies in."""
    if row.window is None:
        return None
    windows, frames = desk.windows, timetable.frames
    for number in timetable.around(row.starts):
        if windows[frames[number].window].id == row.window:
            return number
    return None
