"""What would an order change?  The same planning, over the order as if it stood, and nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from content.contracts.airings import Level
from scheduler import changes
from scheduler.hearings import Demand, Left
from scheduler.idents import Idents, no_idents
from scheduler.models.order import Order
from scheduler.moments import to_instant
from scheduler.orders import require_changeable
from scheduler.outcome import Outcome, outcome_of
from scheduler.owing import Owing
from scheduler.picture import batches, read_desks, read_picture, read_tickets
from scheduler.planning import BATCH, Decider
from scheduler.relays import sources_of
from scheduler.rules import Rules
from scheduler.shares import Measures
from scheduler.wishes import Wish, check, matter_of, reached_by, require_rules

UNBORN = 1 << 40
"""The number of an order that is not stored: the highest, as it would be."""


@dataclass(frozen=True)
class Line:
    """One airing at `station` that would change: from `was` (None: new) to `starts_at` (None: taken back)."""

    station: str
    order: int | None
    title: str
    due: date | None
    starts_at: datetime | None
    was: datetime | None = None


@dataclass
class Preview:
    """What would change: `order` UNBORN is the one asked about.

    `created` and `moved` are its own and others'; `pushed_out` would lose their place for good,
    `unplaced` are hearings of the order itself without room.
    """

    stations: int = 0
    created: list[Line] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    pushed_out: list[Line] = field(default_factory=list)
    unplaced: list[Left] = field(default_factory=list)


def preview(
    session: Session,
    wish: Wish,
    *,
    rules: Rules,
    now: datetime,
    idents: Idents = no_idents,
    order: Order | None = None,
) -> Preview:
    """Return what placing `wish`, or changing `order` to it, would change; errors as when it is done."""
    if order is not None:
        require_changeable(order, wish, rules, now)
    level = check(session, wish, rules, now, since=order.first_day if order else None)
    length = matter_of(session, wish, now).length_ms
    number, today = (order.id if order else UNBORN), rules.day_of(now)
    of = order.id if order else None
    require_rules(session, wish, level, rules, duration_ms=length, today=today, of=of)
    names = {station.name for station in reached_by(session, wish, today)}
    picture = read_picture(session, now, rules, idents)
    if order is not None:
        names |= changes.reached_by(session, order, picture.places)
    asked = replace(_demand(session, wish, level, rules, now), id=number)
    rest = [demand for demand in picture.demands if demand.id != number]
    there = Owing(replace(picture, demands=sorted([*rest, asked], key=_number)), now, rules)
    return _compare(session, sorted(names), Owing(picture, now, rules), there, number)


def _number(demand: Demand) -> int:
    return demand.id


def _compare(session: Session, names: Sequence[str], here: Owing, there: Owing, number: int) -> Preview:
    """Plan with and without the order (or its change); what would change anyway is left out."""
    measures = Measures.of(there.rules)
    without, along = Decider(measures), Decider(measures)
    titles = {demand.id: demand.ticket.title for demand in there.picture.demands if demand.ticket}
    found = Preview(stations=len(names))
    for batch in batches(names, BATCH):
        for desk in read_desks(session, batch, there.picture):
            before, after = here.stand(desk), there.stand(desk)
            anyway = outcome_of(before, without.decide(before))
            outcome = outcome_of(after, along.decide(after))
            _note(found, lines_of(anyway, titles), lines_of(outcome, titles))
            found.unplaced.extend(left for left in outcome.left if left.order == number)
    return found


def lines_of(outcome: Outcome, titles: Mapping[int, str]) -> dict[str, Line]:
    """Return airing → where it would be, of those that would differ from now; lost ones at no instant."""
    name = outcome.desk.name
    found = {}
    for new in outcome.new:
        found[new.id] = Line(name, new.order, new.ticket.title, new.due, to_instant(new.starts))
    for shift in outcome.moved:
        row, title = shift.row, titles.get(shift.row.order or 0, "")
        where = (to_instant(shift.starts), to_instant(row.starts))
        found[row.id] = Line(name, row.order, title, row.due, *where)
    for row in outcome.lost:
        title = titles.get(row.order or 0, "")
        found[row.id] = Line(name, row.order, title, row.due, None, to_instant(row.starts))
    return found


def _note(found: Preview, anyway: Mapping[str, Line], along: Mapping[str, Line]) -> None:
    """Sort out what the order itself changes."""
    for key in {**anyway, **along}:
        before, after = anyway.get(key), along.get(key)
        if after is None:
            stays = _one(before)
            back = replace(stays, starts_at=stays.was, was=stays.starts_at)
            _kept_list(found, back).append(back)
        elif before is None:
            _kept_list(found, after).append(after)
        elif before.starts_at != after.starts_at:
            moved = replace(after, was=before.starts_at)
            _kept_list(found, moved).append(moved)


def _kept_list(found: Preview, line: Line) -> list[Line]:
    if line.starts_at is None:
        return found.pushed_out
    return found.created if line.was is None else found.moved


def _one(line: Line | None) -> Line:
    if line is None:
        raise ValueError("nothing stands on either side")
    return line


def _demand(session: Session, wish: Wish, level: Level, rules: Rules, now: datetime) -> Demand:
    """Return the wish as an order that the planner reads."""
    times = tuple(sorted(set(wish.fixed_times)))
    fields: dict[str, Any] = {
        "id": UNBORN,
        "level": str(level),
        "first_day": wish.first_day,
        "last_day": wish.last_day,
        "weekdays": "".join(str(day) for day in wish.weekdays),
        "times_per_day": len(times) or wish.times_per_day,
        "fixed_times": times,
        "created_at": now,
        "units": tuple(wish.unit_ids),
        "tags": tuple(wish.tags),
        "calendars": tuple(wish.calendars),
    }
    if wish.bulletin_id is not None:
        return Demand(**fields, ticket=read_tickets(session, [wish.bulletin_id]).get(wish.bulletin_id))
    return sources_of(session, rules).relayed(
        Demand(**fields), wish.source_id or 0, (wish.seconds or 0) * 1000
    )
