"""What a planning run looks at, read in a handful of queries of plain columns.

A `Picture` holds what is the same for every station; `Desk`s are read in batches, so that memory stays
bounded however many stations there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any

from sqlalchemy import func, or_, select, type_coerce
from sqlalchemy.orm import Session

from content.contracts.airings import Kind
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.plan import Programme
from scheduler.booked import Booked
from scheduler.calendars import Calendars, load_calendars
from scheduler.exceptions import load_exceptions
from scheduler.hearings import DAY, Demand, Ticket
from scheduler.idents import Idents, ticket_of
from scheduler.models.emergency import Emergency
from scheduler.models.order import Order, OrderUnit
from scheduler.models.pick import Pick
from scheduler.models.plan import Unplaced
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.moments import to_ms
from scheduler.places import Places, load_places
from scheduler.quiet import instant_at
from scheduler.quotas import Quotas, load_quotas
from scheduler.raw import RAW, words_of
from scheduler.relays import sources_of
from scheduler.rows import Reader, Row
from scheduler.rulebook import ruling_of
from scheduler.rules import Rules
from scheduler.timetables import Timetables, WindowRow, grouped_near

_BY_TIME = attrgetter("starts", "id")


@dataclass(slots=True)
class Desk:
    """One station's share of what was read; `left`: (order, due, n) → (reason, facts) kept before."""

    name: str
    unit_id: int
    fill: str
    windows: list[WindowRow] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    picks: dict[tuple[date, int], int] = field(default_factory=dict)
    left: dict[tuple[int, date, int], tuple[str, dict[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """What is the same for all stations, of the local days `start <= day < end`.

    Where no approver releases weeks, the horizon of the rules comes before `end`.  What was owed from `first`
    on and found no room may wait still.
    """

    start: date
    end: date
    first: date
    places: Places
    demands: list[Demand]
    calendars: Calendars
    timetables: Timetables
    quotas: Quotas
    signs: Mapping[tuple[int, str], Sequence[Ticket]]
    airings: Reader


def read_picture(
    session: Session, now: datetime, rules: Rules, idents: Idents, *, places: Places | None = None
) -> Picture:
    """Read what planning at `now` needs: from the days that may still be made up to the horizon."""
    today, places = rules.day_of(now), places or load_places(session)
    weekly = any(place.weekly for place in places.units.values())
    start, end = today - DAY, rules.planned_until(today, weekly=weekly)
    first = today - rules.carry_within * DAY
    calendars, quotas = load_calendars(session), load_quotas(session)
    standing = idents(session)
    demands = read_demands(session, start, end, rules)
    booked = Booked.of(demands, places, calendars, rules.zone)
    return Picture(
        start=start,
        end=end,
        first=first,
        places=places,
        demands=demands,
        calendars=calendars,
        timetables=_timetables(session, (first, start, end), rules, booked),
        quotas=quotas,
        signs={where: [ticket_of(one) for one in approvals] for where, approvals in standing.items()},
        airings=Reader(_since(start, now, rules, weekly=bool(quotas.seconds))),
    )


def _since(start: date, now: datetime, rules: Rules, *, weekly: bool) -> datetime:
    """Return from when on airings are read: what may be repeated, made up, or counts in the week."""
    first = min(start, start - start.weekday() * DAY) if weekly else start
    return min(instant_at(first, time(), rules.zone), now - rules.repeat - rules.emergency_slack)


def _timetables(session: Session, span: tuple[date, date, date], rules: Rules, booked: Booked) -> Timetables:
    first, start, end = span
    days = (start, end + rules.carry_within * DAY)
    held = session.scalars(select(Rule).where(Rule.ended_at.is_(None)).order_by(Rule.id))
    rulings = [ruling_of(rule) for rule in held]
    near: dict[str, list[WindowRow]] = defaultdict(list)
    names = grouped_near(rulings)
    for window in read_windows(session, sorted(names)) if names else ():
        near[window.station].append(window)
    fixed = _near_fixed(session, sorted(names), days, rules, booked) if names and booked.demands else {}
    exceptions = load_exceptions(session)
    return Timetables(
        *days,
        rules,
        booked.calendars,
        exceptions,
        booked.places,
        rulings,
        near,
        fixed,
        since=first,
        until=end,
    )


def _near_fixed(
    session: Session, names: Sequence[str], days: tuple[date, date], rules: Rules, booked: Booked
) -> dict[str, list[tuple[date, int, int]]]:
    """Return station → (day, from, until) of what is bound to the clock there, however late it begins."""
    units = session.execute(select(Station.name, Station.unit_id).where(Station.name.in_(names)))
    span = [days[0] + n * DAY for n in range((days[1] - days[0]).days)]
    return {
        name: [
            (day, to_ms(one.starts_at), to_ms(one.ends_at + rules.slack))
            for day in span
            for one in booked.sittings(name, unit, day)
        ]
        for name, unit in units
    }


def read_windows(session: Session, stations: Sequence[str]) -> list[WindowRow]:
    """Return the windows of some stations, by id."""
    columns = [_as_read(name) for name in WindowRow._fields]
    query = select(*columns).where(Window.station.in_(stations)).order_by(Window.id)
    found = []
    for *plain, exdates, rdates, lunar, calendars, cap in session.execute(query).all():
        days = (words_of(exdates), words_of(rdates), lunar, words_of(calendars))
        found.append(WindowRow._make((*plain, *days, cap)))
    return found


def _as_read(name: str) -> Any:
    """Return a window's column; lists, of which most are empty, are read as they are stored."""
    column = getattr(Window, name)
    return type_coerce(column, RAW) if name in {"exdates", "rdates", "calendars"} else column


def read_desks(session: Session, names: Sequence[str], picture: Picture) -> list[Desk]:
    """Read some stations with all that is theirs, by name."""
    query = select(Station.name, Station.unit_id, Station.fill).where(Station.name.in_(names))
    desks = {row[0]: Desk(*row) for row in session.execute(query.order_by(Station.name))}
    for window in read_windows(session, names):
        desks[window.station].windows.append(window)
    for row in picture.airings.read(session, names):
        desks[row.station].rows.append(row)
    for desk in desks.values():
        desk.rows.sort(key=_BY_TIME)
    picks = select(Pick.station, Pick.day, Pick.bulletin_id, Pick.position)
    for station, day, bulletin, position in session.execute(
        picks.where(Pick.station.in_(names), Pick.day >= picture.start)
    ):
        desks[station].picks[day, bulletin] = position
    left = select(
        Unplaced.station, Unplaced.order_id, Unplaced.due, Unplaced.n, Unplaced.reason, Unplaced.detail
    )
    for station, order, due, n, reason, detail in session.execute(
        left.where(Unplaced.station.in_(names), Unplaced.due >= picture.first)
    ):
        desks[station].left[order, due, n] = (reason, detail)
    return list(desks.values())


def read_demands(session: Session, start: date, end: date, rules: Rules) -> list[Demand]:
    """Read the orders that owe something on `start <= day < end`, each with what may sound.

    What a call ordered is not among them: its hearings were placed when it was made.
    """
    called = select(Emergency.id).where(
        or_(Emergency.order_id == Order.id, Emergency.clear_order_id == Order.id)
    )
    standing = (
        Order.cancelled_at.is_(None),
        Order.first_day < end,
        Order.last_day >= start,
        ~called.exists(),
    )
    named: dict[int, list[int]] = defaultdict(list)
    units = select(OrderUnit.order_id, OrderUnit.unit_id).join(Order).where(*standing)
    for order, unit in session.execute(units.order_by(OrderUnit.unit_id)):
        named[order].append(unit)
    tickets = read_tickets(session, select(Order.bulletin_id).where(*standing))
    sources = sources_of(session, rules)
    query = select(
        Order.id,
        Order.level,
        Order.first_day,
        Order.last_day,
        Order.weekdays,
        Order.times_per_day,
        Order.fixed_times,
        func.coalesce(Order.changed_at, Order.created_at).label("created_at"),
        Order.tags,
        Order.calendars,
        Order.bulletin_id,
        Order.source_id,
        Order.duration_ms,
    ).where(*standing)
    return [
        sources.relayed(_demand(row, named), row.source_id, row.duration_ms)
        if row.source_id is not None
        else _demand(row, named, tickets.get(row.bulletin_id))
        for row in session.execute(query.order_by(Order.id))
    ]


def _demand(row: Any, named: Mapping[int, list[int]], ticket: Ticket | None = None) -> Demand:
    return Demand(
        id=row.id,
        level=row.level,
        first_day=row.first_day,
        last_day=row.last_day,
        weekdays=row.weekdays,
        times_per_day=row.times_per_day,
        fixed_times=tuple(row.fixed_times),
        created_at=row.created_at,
        units=tuple(named.get(row.id, ())),
        tags=tuple(row.tags or ()),
        calendars=tuple(row.calendars or ()),
        ticket=ticket,
    )


def read_tickets(session: Session, bulletins: Any) -> dict[int, Ticket]:
    """Return bulletin id → its ticket to air, of those whose highest revision is approved."""
    newest = select(func.max(Revision.number)).where(Revision.bulletin_id == Bulletin.id).correlate(Bulletin)
    query = (
        select(
            Revision.id,
            Approval.duration_ms,
            Revision.title,
            Revision.valid_from,
            Revision.valid_to,
            Programme.code,
            Revision.bulletin_id,
            Revision.id,
            Approval.id,
            Approval.clip_sha256,
            Approval.bytes,
            Approval.media_type,
        )
        .join(Approval, Approval.revision_id == Revision.id)
        .join(Bulletin, Bulletin.id == Revision.bulletin_id)
        .join(Programme, Programme.id == Revision.programme_id)
        .where(Revision.number == newest.scalar_subquery(), Bulletin.recalled_at.is_(None))
        .where(Bulletin.id.in_(bulletins))
    )
    return {row[6]: Ticket(*row, kind=Kind.BULLETIN) for row in session.execute(query)}


def all_stations(session: Session) -> list[str]:
    """Return the names of the stations in use, in order."""
    return list(
        session.scalars(select(Station.name).where(Station.retired_at.is_(None)).order_by(Station.name))
    )


def batches(names: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """Cut names into batches."""
    return (names[at : at + size] for at in range(0, len(names), size))
