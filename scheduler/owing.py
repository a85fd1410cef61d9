"""What each station is owed, beside what stands there already (pure, over a picture read before)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduler.claims import Claims
from scheduler.customs import Customs
from scheduler.giving_way import giving_way
from scheduler.hearings import Hearing, Key, Turn
from scheduler.laying import SILENT, Laid, Laying
from scheduler.lock_in import LockIn
from scheduler.moments import length_ms
from scheduler.picture import Desk, Picture
from scheduler.reach import Reach
from scheduler.rows import Row
from scheduler.rules import Rules
from scheduler.shares import Share, Timetable, week_of


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
    _reach: Reach = field(init=False, repr=False)
    _claims: Claims = field(init=False, repr=False)
    _customs: Customs = field(init=False, repr=False)
    _lock: LockIn = field(init=False, repr=False)
    _sources: dict[int, int] = field(init=False, repr=False)
    _in_time: dict[tuple[int, int], tuple[Hearing, ...]] = field(default_factory=dict, repr=False)
    _bound: dict[int, list[Hearing]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        picture, today = self.picture, self.rules.day_of(self.now)
        self._reach = Reach(picture, self.rules, today)
        self._claims = Claims(picture, self.rules)
        self._customs = Customs(picture, today)
        self._lock = LockIn.at(self.now, self.rules, force=self.force)
        self._sources = {demand.id: demand.ticket.wording for demand in picture.demands if demand.ticket}

    def stand(self, desk: Desk) -> Stand:
        """Return what decides a station's plan."""
        timetable = self.picture.timetables.of(desk.name, desk.unit_id, desk.windows)
        owed = self._claims.of(self._reach.days_of(desk.unit_id))
        if not desk.rows and not desk.left:
            return self._stand(desk, timetable, self._chance(owed, timetable), Laid())
        way, weekly = self._giving_way(desk, owed, timetable), self.picture.places.weekly(desk.unit_id)
        laying = Laying(desk, timetable, self._lock, weekly=weekly, way=way, sources=self._sources)
        laid = laying.lay_all()
        wanted = self._claims.renumbered(owed, laid.gone) if laid.gone else owed
        if late := self._late(desk, laid, timetable):
            wanted = sorted([*wanted, *late], key=lambda hearing: hearing.precedence)
        laying.anchor(wanted)
        hearings = self._still_owed(wanted, laid, timetable)
        return self._stand(desk, timetable, hearings, laid)

    def _stand(self, desk: Desk, timetable: Timetable, hearings: tuple[Hearing, ...], laid: Laid) -> Stand:
        share = Share(
            timetable=timetable,
            hearings=hearings,
            now=self._lock.now,
            soon=self._lock.soon,
            standing=tuple(laid.standing),
            stays=frozenset(laid.stays),
            kept=laid.kept,
            picks=desk.picks,
            fill="ward" if desk.fill == "ward" else "auto",
            quotas=self._customs.quotas_at(desk.unit_id),
            given=self._strangers(laid, hearings),
            signs=self._customs.signs_at(desk.unit_id),
            signed=laid.signed,
            kept_signs=laid.kept_signs,
        )
        shared = not desk.rows and not desk.left
        memo = _memo(share, id(hearings) if shared else tuple(map(id, hearings)))
        return Stand(desk, share, laid.rows, laid.gone, laid.movable, laid.idents, memo)

    def _giving_way(self, desk: Desk, owed: tuple[Hearing, ...], timetable: Timetable) -> frozenset[str]:
        """Return the ids of what makes way, though locked, for a fixed time that is new here."""
        if id(owed) not in self._bound:
            self._bound[id(owed)] = [h for h in owed if h.fixed is not None and h.fixed >= self._lock.soon]
        if not self._bound[id(owed)] or self.picture.places.weekly(desk.unit_id):
            return frozenset()
        known = {(row.order, row.due, row.n) for row in desk.rows}
        new = [hearing for hearing in self._bound[id(owed)] if hearing.key not in known]
        rows = [row for row in desk.rows if row.state not in SILENT and self._lock.floor(row) is None]
        gap = length_ms(self.rules.gap)
        return giving_way(rows, new, timetable, gap=gap, may=self._may_give_way) if new else frozenset()

    def _may_give_way(self, row: Row) -> bool:
        demand = self._claims.order(row.order)
        return self._lock.may_give_way(row, fixed=demand is None or bool(demand.fixed_times))

    def _late(self, desk: Desk, laid: Laid, timetable: Timetable) -> list[Hearing]:
        """Return what was owed before the days of the picture and waits for the next broadcast.

        What is over for good is not looked at any more: the reason it had no room stays on file.
        """
        first = self.picture.start
        kept = {key for key in (*laid.kept, *laid.anchored) if key[1] < first}
        left = [key for key in desk.left if key[1] < first]
        waiting = [key for key in left if self._may_come(key, desk, timetable)]
        for key in set(left).difference(waiting):
            del desk.left[key]
        found = (self._carried(key, desk.unit_id) for key in sorted({*kept, *waiting} - laid.stays))
        return [hearing for hearing in found if hearing is not None]

    def _may_come(self, key: Key, desk: Desk, timetable: Timetable) -> bool:
        """Tell whether a broadcast in which a late hearing may be given is still to come."""
        hearing = self._carried(key, desk.unit_id)
        open_days = timetable.open_days(hearing.days, carry=self.rules.carry_days) if hearing else ()
        return any(timetable.last.get(day, 0) > self._lock.soon for _, day in open_days)

    def _carried(self, key: Key, unit_id: int) -> Hearing | None:
        """Return a late hearing, None when its order does not reach the unit any more."""
        demand = self._claims.order(key[0])
        here = demand is not None and self._reach.reaches(demand, unit_id)
        return self._claims.late(key) if here else None

    def _chance(self, owed: tuple[Hearing, ...], timetable: Timetable) -> tuple[Hearing, ...]:
        """Return what was ordered in time, for a station without any airing yet."""
        key = (id(owed), id(timetable))
        if key not in self._in_time:
            self._in_time[key] = tuple(h for h in owed if self._came_in_time(h, timetable))
        return self._in_time[key]

    def _still_owed(self, wanted: Sequence[Hearing], laid: Laid, timetable: Timetable) -> tuple[Hearing, ...]:
        """Return what has a place, or never had one and came in time."""
        held = {**laid.kept, **dict.fromkeys(laid.stays)} if laid.stays else laid.kept
        first, rows = self.picture.start, laid.rows
        return tuple(
            [
                hearing
                for hearing in wanted
                if (key := hearing.key) in held
                or (key not in rows and (hearing.due < first or self._came_in_time(hearing, timetable)))
            ]
        )

    def _came_in_time(self, hearing: Hearing, timetable: Timetable) -> bool:
        """Tell whether the order came while its due date still had a chance; otherwise nothing is owed."""
        if hearing.turn is Turn.EMERGENCY:
            return self._lock.now <= hearing.ordered_at + length_ms(self.rules.emergency_slack)
        if hearing.fixed is not None:
            return hearing.ordered_at <= hearing.fixed + length_ms(self.rules.fixed_slack)
        ends = timetable.last.get(hearing.due)
        least = hearing.ordered_at + length_ms(self.rules.lead) + hearing.ticket.length
        return ends is not None and ends >= least

    def _strangers(self, laid: Laid, hearings: Sequence[Hearing]) -> dict[tuple[str, int], int]:
        """Return the airtime of what stands and is no hearing of these days, by programme and week."""
        given: dict[tuple[str, int], int] = {}
        if not laid.stays or not self.picture.quotas.seconds:
            return given
        for key in laid.stays - {hearing.key for hearing in hearings}:
            row = laid.rows[key]
            if row.programme:
                where = (row.programme, week_of(self._day_of(row.starts)))
                given[where] = given.get(where, 0) + row.length
        return given

    def _day_of(self, ms: int) -> date:
        return self.rules.day_of(self.now + timedelta(milliseconds=ms - self._lock.now))


def _memo(share: Share, hearings: object) -> tuple[object, ...]:
    """Return what tells whether two stations have the same inputs; `hearings` stands for theirs."""
    kept = share.kept
    floors = tuple([kept.get(hearing.key) for hearing in share.hearings]) if kept else ()
    return (
        *(id(share.timetable), hearings, share.standing, share.stays, floors),
        *(tuple(sorted(share.picks.items())), share.fill, id(share.quotas), share.signs),
        *(tuple(share.given.items()), tuple(share.signed.items()), tuple(share.kept_signs.items())),
    )
