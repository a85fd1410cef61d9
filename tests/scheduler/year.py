"""A year of some wards in accelerated time: people order, cancel, pick, merge and change rules at random.

Each local morning something happens, the planner follows the log, and the day is played.  `faults` is an
independent look at what stands in the table: it knows nothing of how the planner works.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content import people, units
from content.contracts.airings import Level, State
from content.contracts.manifest import Quiet
from content.errors import LoaPhuongError
from content.models.people import Role, User
from content.models.plan import Programme
from content.models.unit import Unit
from scheduler import orders, picks, quotas, rulebook, windows
from scheduler.models.airing import Airing
from scheduler.models.order import Order, OrderUnit
from scheduler.models.plan import Unplaced
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.planning import plan
from scheduler.rules import Rules
from scheduler.wishes import Wish
from tests.scheduler.factories import make_bulletin, make_programme, make_station, make_unit, make_user

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = Rules(ZONE, quiet=(Quiet("21:00", "06:00"),), lock_in=timedelta(hours=2))
FIRST = date(2025, 1, 1)
"""2025: Tết on 29 January, a leap sixth month from 25 July."""
DAY = timedelta(days=1)
MERGER_EVERY = 100
"""Days from one merger to the next, as long as there are wards to merge."""
GONE = ("cancelled", "missed", "skipped")


@dataclass
class Year:
    """One simulated year; `log` tells what people did."""

    session: Session
    chance: Random
    wards: list[Unit] = field(default_factory=list)
    city: Unit | None = None
    person: User | None = None
    log: list[str] = field(default_factory=list)
    merged_on: date | None = None
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def settle(self, wards: int) -> None:
        """Make the city, its wards with a station and two windows each, quotas and a holiday window."""
        session = self.session
        self.city = make_unit(session, "thanh-pho", kind="city")
        self.person = make_user(session)
        people.grant(session, self.person, Role.OPERATOR, self.city.id, by="-", now=at(FIRST, 0))
        codes = make_programme(session)
        codes.plan.programmes.append(Programme(code="07", title="Số 07", short_title="Số 07"))
        session.flush()
        for programme in codes.plan.programmes:
            quotas.set_quota(session, programme, 600, by="-", now=at(FIRST, 0))
        for number in range(wards):
            ward = make_unit(session, f"phuong-{number}", parent=self.city)
            self.wards.append(ward)
            station = make_station(session, f"tram-{number}", unit=ward, created_at=at(FIRST, 0))
            self._window(station, "06:30", rrule="FREQ=DAILY")
            self._window(station, "17:00", rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", calendars=("-vn",))
            self._window(station, "10:00", lunar="15,tet,tet-1")

    def _window(self, station: Station, start: str, **more: Any) -> None:
        wish: dict[str, Any] = {
            "title": "Buổi",
            "local_start": start,
            "budget_ms": 15 * 60_000,
            "first_day": FIRST,
            **more,
        }
        windows.create_window(self.session, station, rules=RULES, now=at(FIRST, 0), **wish)

    def live(self, day: date) -> None:
        """Let the morning's events happen, plan, check, and play the day."""
        now = at(day, 5)
        for _ in range(self.chance.choice([0, 1, 1, 2])):
            self._happen(day, now)
        before = self._near(now)
        done = plan(self.session, now, RULES)
        self.counts["written"] += done.written
        after = self._near(now)
        moved = {name for name, starts in before.items() if after.get(name) != starts}
        if moved - self._made_way(before, after, now):
            raise AssertionError(f"{day}: something moved inside the lock-in")
        again = plan(self.session, now, RULES, full=True).written if day.toordinal() % 3 == 0 else 0
        if again:
            raise AssertionError(f"{day}: {again} airings written by a second run")
        self._play(day)

    def _near(self, now: datetime) -> dict[str, datetime]:
        """Return name → start of what stands within the lock-in, taken back or not."""
        query = select(Airing.id, Airing.starts_at)
        within = (Airing.starts_at >= now, Airing.starts_at < now + RULES.lock_in)
        return {name: starts for name, starts in self.session.execute(query.where(*within))}  # noqa: C416 (typed)

    def _made_way(self, before: dict[str, datetime], after: dict[str, datetime], now: datetime) -> set[str]:
        """Return the names of what stood in the way of a fixed time that is new and kept to the second."""
        query = select(Airing.station, Airing.starts_at, Order.fixed_times).join(
            Order, Order.id == Airing.order_id
        )
        claims = [
            (station, starts)
            for station, starts, times in self.session.execute(
                query.where(Airing.id.in_(after.keys() - before.keys()))
            )
            if starts.astimezone(ZONE).strftime("%H:%M") in times and starts < now + RULES.lock_in
        ]
        rows = self.session.scalars(select(Airing).where(Airing.id.in_(before)))
        lengths = {row.id: (row.station, timedelta(milliseconds=row.duration_ms)) for row in rows}
        return {
            name
            for name, (station, length) in lengths.items()
            for where, starts in claims
            if where == station and starts < before[name] + length + RULES.gap
        }

    def _happen(self, day: date, now: datetime) -> None:
        event = self.chance.choice([self._order] * 6 + [self._cancel, self._pick, self._fill, self._rule])
        due = self.log and day.timetuple().tm_yday % MERGER_EVERY == 0 and self.merged_on != day
        if len(self.wards) > 2 and due:
            event, self.merged_on = self._merge, day
        try:
            said = event(day, now)
        except LoaPhuongError as error:
            self.counts["refused"] += 1
            said = f"refused: {error}"
        self.log.append(f"{day} {event.__name__.strip('_')}: {said}")

    def _order(self, day: date, now: datetime) -> str:
        level = self.chance.choice(["normal", "normal", "normal", "priority"])
        reach = [self.city] if self.chance.random() < 0.4 else self.chance.sample(self.wards, 1)
        seconds, length = self.chance.randint(20, 400), self.chance.randint(0, 20)
        bulletin = make_bulletin(
            self.session,
            self.wards[0],
            seconds=seconds,
            level="priority",
            valid_from=day,
            valid_to=day + timedelta(days=length + 3),
            programme_id=self.chance.choice(make_programme(self.session).plan.programmes).id,
        )
        wish = Wish(
            bulletin.id,
            [unit.id for unit in reach if unit],
            day,
            day + timedelta(days=length),
            times_per_day=self.chance.choice([1, 1, 2, 3]),
            fixed_times=self.chance.choice([(), (), (), ("06:40",), ("11:00", "17:05")]),
            level=level,
        )
        order = orders.place_order(self.session, wish, by=self._who(), rules=RULES, now=now)
        self.counts["orders"] += 1
        return f"{order.id} {level} {seconds} s × {wish.times_per_day}, {length + 1} days"

    def _who(self) -> User:
        if self.person is None:
            raise ValueError("the year is not settled")
        return self.person

    def _cancel(self, day: date, now: datetime) -> str:
        query = select(Order).where(Order.cancelled_at.is_(None), Order.last_day >= day)
        found = self.session.scalars(query.order_by(Order.id)).all()
        if not found:
            return "nothing to cancel"
        order = self.chance.choice(found)
        orders.cancel_order(self.session, order, reason="đổi lịch", by=self._who(), now=now)
        return str(order.id)

    def _pick(self, day: date, now: datetime) -> str:
        station = self.chance.choice(self._stations())
        options = picks.choices(self.session, station, day + DAY, rules=RULES, now=now)
        chosen = self.chance.sample(options, min(len(options), 3))
        picks.set_picks(self.session, station, day + DAY, chosen, by=self._who(), rules=RULES, now=now)
        return f"{station.name} {chosen}"

    def _fill(self, _day: date, now: datetime) -> str:
        station = self.chance.choice(self._stations())
        picks.set_fill(self.session, station, self.chance.choice(picks.FILLS), by=self._who(), now=now)
        return f"{station.name} {station.fill}"

    def _stations(self) -> list[Station]:
        return list(self.session.scalars(select(Station).order_by(Station.name)))

    def _rule(self, day: date, now: datetime) -> str:
        """Bind or free: at most ten minutes a broadcast, one broadcast a day, a silence at school hours."""
        held = self.session.scalars(select(Rule).where(Rule.ended_at.is_(None))).all()
        if held:
            rulebook.end_rule(self.session, held[0], by="-", now=now)
            return f"{held[0].kind} ends"
        choices: list[tuple[str, dict[str, Any]]] = [
            ("minutes_per_session", {"most": 10}),
            ("sessions_per_day", {"most": 1}),
            ("sensitive", {"spans": [{"start": "06:35", "end": "06:40"}]}),
        ]
        kind, value = self.chance.choice(choices)
        ward = self.chance.choice(self.wards)
        rulebook.create_rule(
            self.session,
            kind=kind,
            value=value,
            valid_from=day,
            citation="Quy định thử",
            by="-",
            now=now,
            unit_id=ward.id,
        )
        return f"{kind} at {ward.slug}"

    def _merge(self, day: date, now: datetime) -> str:
        gone, heir = self.chance.sample(self.wards, 2)
        units.merge(self.session, [gone], heir, on=day + 3 * DAY, by="-", now=now)
        self.wards.remove(gone)
        self.counts["mergers"] += 1
        return f"{gone.slug} into {heir.slug}"

    def _play(self, day: date) -> None:
        """Let every airing of the day sound, but for a few."""
        rows = self.session.execute(
            select(Airing.id, Airing.starts_at).where(
                Airing.starts_at < at(day + DAY, 0), Airing.rank < State.CANCELLED.rank
            )
        ).all()
        missed = {name for name, _ in rows if self.chance.random() < 0.02}
        for state, names in (("missed", missed), ("played", {name for name, _ in rows} - missed)):
            statement = update(Airing).where(Airing.id.in_(names)).values(state=state, rank=4)
            self.session.execute(statement, execution_options={"synchronize_session": False})
            self.counts[state] += len(names)
        self.session.expire_all()


def at(day: date, hour: int) -> datetime:
    """Return the instant of a full hour in Việt Nam."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


def faults(session: Session) -> Iterator[str]:
    """Tell of every rule of the house that the table breaks."""
    sounding: dict[str, list[Airing]] = defaultdict(list)
    query = select(Airing).where(Airing.state.not_in(GONE), Airing.recalled_at.is_(None))
    for row in session.scalars(query.order_by(Airing.starts_at)):
        sounding[row.station].append(row)
    for name, rows in sounding.items():
        for before, after in pairwise(rows):
            if end_of(before) > after.starts_at:
                yield f"{name}: {before.id} runs into {after.id} at {after.starts_at}"
        for row in rows:
            if row.level != Level.EMERGENCY and is_quiet(row):
                yield f"{name}: {row.id} in quiet hours at {row.starts_at}"
        yield from repeats(name, rows)
    yield from over_budget(session, sounding)
    yield from passed_over(session)
    keys = session.execute(select(Airing.order_id, Airing.station, Airing.due, Airing.n)).all()
    if len(set(keys)) != len(keys):
        yield "a key stands twice"


def passed_over(session: Session) -> Iterator[str]:
    """Tell of stations that got neither an airing nor a reason where others below the same unit got one.

    All have a broadcast on every day, so an order for the whole city owes each of them the same, whatever
    became of the unit they belonged to.
    """
    wide = select(OrderUnit.order_id).join(Unit).where(Unit.kind == "city")
    orders_ = Order.cancelled_at.is_(None) & Order.id.in_(wide)
    here: dict[tuple[int | None, date | None], set[str]] = defaultdict(set)
    for table in (Airing, Unplaced):
        query = select(table.order_id, table.due, table.station).join(Order, Order.id == table.order_id)
        for order, due, station in session.execute(query.where(orders_)):
            here[order, due].add(station)
    held = Station.name.in_(select(Window.station)) & Station.retired_at.is_(None)
    used = set(session.scalars(select(Station.name).where(held)))
    for (order, due), names in sorted(here.items(), key=str):
        for name in sorted(used - names):
            yield f"{name}: nothing of order {order} on {due}, and no word why"


def end_of(row: Airing) -> datetime:
    return row.starts_at + timedelta(milliseconds=row.duration_ms)


def is_quiet(row: Airing) -> bool:
    starts, ends = row.starts_at.astimezone(ZONE), end_of(row).astimezone(ZONE)
    return starts.hour < 6 or (ends.hour >= 21 and (ends.hour, ends.minute, ends.second) > (21, 0, 0))


def repeats(name: str, rows: list[Airing]) -> Iterator[str]:
    heard: dict[int | None, datetime] = {}
    for row in rows:
        last = heard.get(row.revision_id)
        if last is not None and row.starts_at - last < RULES.repeat:
            yield f"{name}: {row.revision_id} again after {row.starts_at - last}"
        heard[row.revision_id] = row.starts_at


def over_budget(session: Session, sounding: dict[str, list[Airing]]) -> Iterator[str]:
    held = {window.id: window for window in session.scalars(select(Window))}
    used: dict[tuple[int, date], int] = defaultdict(int)
    for rows in sounding.values():
        for row in rows:
            if row.window_id is not None:
                used[row.window_id, row.starts_at.astimezone(ZONE).date()] += row.duration_ms
                opens = row.starts_at.astimezone(ZONE).strftime("%H:%M") >= held[row.window_id].local_start
                if not opens:
                    yield f"{row.id} before its window"
    for (window, day), total in used.items():
        if total > held[window].budget_ms:
            yield f"window {window} on {day}: {total} ms of {held[window].budget_ms}"
