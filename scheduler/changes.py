"""What changed since the planner looked last: the audit log is the feed, stations come out.

Every service that changes what planning depends on writes an audit line; lines after the cursor are
turned into the stations they touch, which are marked to be planned again.  A new local day marks all
(the horizon has moved on); those have their turn, some at a time, after what people changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from content.contracts import lpjson
from content.contracts.airings import State
from content.models.audit import Audit
from scheduler.calendars import COMPUTED, SWAP
from scheduler.hearings import DAY
from scheduler.homes import follow_mergers
from scheduler.limits import TOGETHER
from scheduler.models.airing import Airing
from scheduler.models.calendar import Calendar
from scheduler.models.order import Order
from scheduler.models.plan import PlanCursor, StationPlan
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.places import Places, load_places
from scheduler.rules import Rules

CURSOR = "planner"
HORIZON = "horizon"
CHANGED = "changed"
EVERYTHING = frozenset({"quota", "plan", "source", "setting"})
"""Kinds of subject that change rarely and may touch any station."""
_SLICE = 500


@dataclass(frozen=True)
class Voids:
    """Orders and bulletins of which it must be asked whether their airings may still sound."""

    orders: frozenset[int] = frozenset()
    bulletins: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.orders or self.bulletins)


@dataclass
class Touched:
    """What the log said: stations by name, or all of them."""

    stations: set[str] = field(default_factory=set)
    everywhere: bool = False
    voids: Voids = field(default_factory=Voids)
    places: Places | None = None


@dataclass(frozen=True)
class _Line:
    kind: str
    name: str
    action: str
    line: str

    @property
    def number(self) -> int | None:
        return int(self.name) if self.name.isdigit() else None


def take_in(session: Session, now: datetime, rules: Rules, *, all_of_them: bool = False) -> Touched:
    """Read the log from the cursor on, mark the stations touched, move the cursor; return what was said."""
    cursor = _cursor(session, now)
    lines, last = _lines(session, cursor.audit_id)
    touched = _stations_of(session, lines) if lines else Touched()
    if last > cursor.audit_id:
        cursor.audit_id, cursor.at = last, now
    reaches = rules.day_of(now) + rules.horizon_days * DAY
    if all_of_them or cursor.planned_to_day != reaches:
        touched.stations |= {station.name for station in follow_mergers(session, now, rules)}
    if all_of_them or cursor.planned_to_day is None or cursor.planned_to_day < reaches:
        cursor.planned_to_day = reaches
        _mark(session, None, rules.day_of(now), HORIZON if not all_of_them else CHANGED)
    if touched.everywhere or touched.stations:
        names = None if touched.everywhere else sorted(touched.stations)
        _mark(session, names, rules.day_of(now), CHANGED)
    session.flush()
    return touched


def catch_up(session: Session, now: datetime) -> None:
    """Move the cursor to the end of the log: everything is planned anyway."""
    cursor = _cursor(session, now)
    last = session.scalar(select(func.max(Audit.sequence))) or 0
    if last != cursor.audit_id:
        cursor.audit_id, cursor.at = last, now
    session.flush()


def dirty(session: Session, *, turn: int) -> list[str]:
    """Return the stations to plan: those touched and new ones, then `turn` of those whose horizon moved."""
    fresh = (
        select(Station.name)
        .outerjoin(StationPlan, StationPlan.station == Station.name)
        .where(Station.retired_at.is_(None), StationPlan.station.is_(None))
    )
    marked = (
        select(StationPlan.station)
        .join(Station, Station.name == StationPlan.station)
        .where(StationPlan.dirty_from.is_not(None), Station.retired_at.is_(None))
        .order_by(StationPlan.station)
    )
    changed = session.scalars(marked.where(StationPlan.reason != HORIZON)).all()
    waiting = session.scalars(marked.where(StationPlan.reason == HORIZON).limit(turn)).all()
    new = session.scalars(fresh.order_by(Station.name)).all()
    return sorted({*changed, *new, *waiting})


def done(session: Session, names: Sequence[str], now: datetime) -> None:
    """Note that stations were planned."""
    known = set(_sliced(session, names, lambda some: select(StationPlan.station).where(_is(some))))
    for some in _slices(sorted(known)):
        statement = update(StationPlan).where(_is(some), StationPlan.dirty_from.is_not(None))
        values = {"dirty_from": None, "reason": None, "planned_at": now}
        session.execute(statement.values(**values), execution_options={"synchronize_session": False})
    new = [{"station": name, "planned_at": now} for name in names if name not in known]
    if new:
        session.execute(insert(StationPlan), new)


def waiting(session: Session) -> int:
    """Return how many stations are still to be planned."""
    query = select(func.count()).where(StationPlan.dirty_from.is_not(None))
    return session.scalar(query) or 0


def reached_by(session: Session, order: Order, places: Places) -> set[str]:
    """Return the stations in use that an order may reach on any of its days, mergers followed."""
    named = {unit.unit_id for unit in order.units}
    heirs = {at for unit in named for at in places.heirs(unit)}
    below = places.below(named | heirs)
    if order.tags:
        below |= {at for at in places.units if not places.tags(at).isdisjoint(order.tags)}
    return _at_units(session, below)


def _cursor(session: Session, now: datetime) -> PlanCursor:
    found = session.get(PlanCursor, CURSOR)
    if found is None:
        found = PlanCursor(name=CURSOR, audit_id=0, at=now)
        session.add(found)
    return found


def _lines(session: Session, after: int) -> tuple[list[_Line], int]:
    query = select(Audit.sequence, Audit.subject, Audit.action, Audit.line).where(Audit.sequence > after)
    found, last = {}, after
    for sequence, subject, action, line in session.execute(query.order_by(Audit.sequence)):
        kind, _, name = subject.partition(":")
        last = sequence
        if kind in _READERS or kind in EVERYTHING:
            found[subject, action] = _Line(kind, name, action, line)
    return list(found.values()), last


def _stations_of(session: Session, lines: Iterable[_Line]) -> Touched:
    places = load_places(session)
    touched = Touched(places=places)
    orders: set[int] = set()
    bulletins: set[int] = set()
    for line in lines:
        if line.kind in EVERYTHING or line.name == "*":
            touched.everywhere = True
            continue
        if line.kind == "order" and line.number is not None:
            orders.add(line.number)
        if line.kind == "bulletin" and line.number is not None:
            bulletins.add(line.number)
        touched.stations |= _READERS[line.kind](session, line, places)
    touched.stations |= _beside(session, touched.stations)
    touched.voids = Voids(frozenset(orders), frozenset(bulletins))
    return touched


def _beside(session: Session, stations: Collection[str]) -> set[str]:
    """Return the stations that must be silent while one of these sounds: they wait for each other."""
    rules = select(Rule.value).where(Rule.kind == TOGETHER, Rule.ended_at.is_(None))
    groups = [set(value["stations"]) for value in session.scalars(rules)] if stations else []
    return {name for group in groups if not group.isdisjoint(stations) for name in group}


def _of_order(session: Session, line: _Line, places: Places) -> set[str]:
    order = session.get(Order, line.number) if line.number else None
    if order is None:
        return set()
    return reached_by(session, order, places) | _with_airings(session, Airing.order_id == order.id)


def _of_bulletin(session: Session, line: _Line, places: Places) -> set[str]:
    query = select(Order).where(Order.bulletin_id == line.number, Order.cancelled_at.is_(None))
    found = {name for order in session.scalars(query) for name in reached_by(session, order, places)}
    return found | _with_airings(session, Airing.bulletin_id == line.number)


def _with_airings(session: Session, which: ColumnElement[bool]) -> set[str]:
    """Return the stations that have airings to come of an order or a bulletin."""
    query = select(Airing.station).where(which, Airing.rank < State.ON_AIR.rank).distinct()
    return set(session.scalars(query))


def _of_window(session: Session, line: _Line, _places: Places) -> set[str]:
    return set(session.scalars(select(Window.station).where(Window.id == line.number)))


def _of_station(_session: Session, line: _Line, _places: Places) -> set[str]:
    return {line.name}


def _of_unit(session: Session, line: _Line, places: Places) -> set[str]:
    if line.number is None:
        return set()
    return _at_units(session, places.below({line.number, *places.heirs(line.number)}))


def _of_rule(session: Session, line: _Line, places: Places) -> set[str]:
    """Return the stations a rule or an exception to it reaches; with the rule's neighbours, if any."""
    rule = session.get(Rule, line.number) if line.number else None
    if rule is None:
        return set()
    unit = lpjson.decode(line.line.encode())["detail"].get("unit") or rule.unit_id
    if unit is not None:
        return _at_units(session, places.below({unit}))
    if rule.tag is not None:
        return _at_units(session, {at for at in places.units if rule.tag in places.tags(at)})
    return set(rule.value.get("stations", ())) or _at_units(session, set(places.units))


def _of_calendar(session: Session, line: _Line, places: Places) -> set[str]:
    calendar = session.get(Calendar, line.number) if line.number else None
    names = {line.name, *(COMPUTED if calendar is not None and calendar.kind == SWAP else ())}
    marks = {f"{sign}{name}" for name in names for sign in "+-"}
    windows = session.execute(select(Window.station, Window.calendars))
    found = {station for station, calendars in windows if marks & set(calendars or ())}
    for order in session.scalars(select(Order).where(Order.cancelled_at.is_(None))):
        if marks & set(order.calendars or ()):
            found |= reached_by(session, order, places)
    return found


def _of_asset(session: Session, line: _Line, places: Places) -> set[str]:
    unit = lpjson.decode(line.line.encode())["detail"].get("unit")
    return _at_units(session, places.below({unit})) if unit else set()


_READERS: dict[str, Callable[[Session, _Line, Places], set[str]]] = {
    "order": _of_order,
    "bulletin": _of_bulletin,
    "window": _of_window,
    "station": _of_station,
    "unit": _of_unit,
    "rule": _of_rule,
    "calendar": _of_calendar,
    "asset": _of_asset,
}


def _at_units(session: Session, units: Collection[int]) -> set[str]:
    query = select(Station.name, Station.unit_id).where(Station.retired_at.is_(None))
    return {name for name, unit in session.execute(query) if unit in units}


def _mark(session: Session, names: Sequence[str] | None, day: date, reason: str) -> None:
    """Mark stations (None: all that were planned before) to be planned again."""
    values = {"dirty_from": day, "reason": reason}
    wide = update(StationPlan).values(**values)
    unsynced = {"synchronize_session": False}
    if reason == HORIZON:
        wide = wide.where(or_(StationPlan.dirty_from.is_(None), StationPlan.reason == HORIZON))
    for some in [None] if names is None else _slices(names):
        session.execute(wide if some is None else wide.where(_is(some)), execution_options=unsynced)


def _is(names: Sequence[str]) -> ColumnElement[bool]:
    return StationPlan.station.in_(names)


def _slices(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[at : at + _SLICE] for at in range(0, len(names), _SLICE)]


def _sliced(session: Session, names: Sequence[str], ask: Callable[[Sequence[str]], Select[str]]) -> list[str]:
    return [name for some in _slices(names) for name in session.scalars(ask(some))]
