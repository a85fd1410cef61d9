"""The chain put together: for an airing, for an order at a station on a day, for a bulletin there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.errors import InvalidInputError, NotFoundError
from content.models.bulletin import Bulletin
from content.text import msgid
from content.units import Tree
from scheduler import orders
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.rules import Rules
from scheduler.why.asking import asking
from scheduler.why.case import Case, open_case
from scheduler.why.fate import fate
from scheduler.why.hands import hands
from scheduler.why.matter import matter
from scheduler.why.place import place
from scheduler.why.room import room
from scheduler.why.steps import Link, Step, Why, concluded


def why(
    session: Session,
    *,
    now: datetime,
    rules: Rules,
    airing_id: str | None = None,
    station: str | None = None,
    order_id: int | None = None,
    bulletin_id: int | None = None,
    day: date | None = None,
    tree: Tree | None = None,
) -> Why:
    """Return why an airing is as it is, or why an order or a bulletin sounded (or not) at a station on a day.

    Give `airing_id`, or `station` and the local `day` with `order_id` or `bulletin_id`.  Nothing is
    stored; `tree` spares reading it.  NotFoundError for what there never was.
    """
    if airing_id is not None:
        return _of_airing(session, airing_id, now=now, rules=rules, tree=tree)
    if station is None or day is None or (order_id is None and bulletin_id is None):
        raise InvalidInputError(
            "Cần mã lượt phát, hoặc trạm, ngày và số lệnh (hoặc số bản tin).", field="station"
        )
    case = open_case(session, station, day, now=now, rules=rules, tree=tree)
    if order_id is not None:
        return _of_order(case.about(orders.get(session, order_id)))
    return _of_bulletin(case, bulletin_id or 0)


def _of_airing(session: Session, airing_id: str, *, now: datetime, rules: Rules, tree: Tree | None) -> Why:
    row = session.get(Airing, airing_id)
    if row is None:
        raise NotFoundError("Không có lượt phát này.")
    day = row.due or rules.day_of(row.starts_at)
    case = open_case(session, row.station, day, now=now, rules=rules, tree=tree)
    order = session.get(Order, row.order_id) if row.order_id else None
    if order is not None:
        case = case.about(order)
    elif row.bulletin_id is not None:
        case = replace(case, bulletin=session.get(Bulletin, row.bulletin_id))
    steps = [*matter(case), *(asking(case, order) if order else ()), *place(case)]
    return concluded([*steps, *(own := list(_own(case, row)))], own[-1])


def _of_order(case: Case) -> Why:
    order = case.order
    if order is None:
        raise NotFoundError("Không có lệnh phát này.")
    before = [*matter(case), *asking(case, order), *place(case)]
    rows = case.rows()
    owns = [list(_own(case, row)) for row in rows]
    alive = [own[-1] for row, own in zip(rows, owns, strict=True) if row.state != State.CANCELLED]
    steps = [*before, *(step for own in owns for step in own)]
    if all(step.ok is not False for step in before if step.code != "rule"):
        steps += room(case, order, _missing(order, rows))
    outcome = alive[0] if alive else owns[-1][-1] if owns else None
    return concluded(steps, outcome)


def _own(case: Case, row: Airing) -> Iterator[Step]:
    changes = case.changes(row)
    yield from hands(case, row, changes)
    yield from fate(case, row, changes)


def _missing(order: Order, rows: Sequence[Airing]) -> list[int]:
    """Return the numbers of the day's hearings for which there is no row."""
    there = {row.n for row in rows}
    return [n for n in range(1, order.times_per_day + 1) if n not in there]


def _of_bulletin(case: Case, bulletin_id: int) -> Why:
    found = case.session.get(Bulletin, bulletin_id)
    if found is None:
        raise NotFoundError("Không có bản tin số {id}.", id=bulletin_id)
    query = select(Order).where(Order.bulletin_id == bulletin_id).order_by(Order.id.desc())
    known = list(case.session.scalars(query))
    if known:
        best = min(known, key=lambda order: _objections(case, order))
        return _of_order(case.about(best))
    alone = replace(case, bulletin=found)
    told = msgid("Chưa có lệnh phát nào cho “{title}”.")
    todo = msgid("Đặt lệnh phát cho bản tin.")
    missing = Step("ordered", False, told, {"title": found.latest.title}, todo, Link("bulletin", bulletin_id))
    return concluded([*matter(alone), missing])


def _objections(case: Case, order: Order) -> int:
    return sum(step.ok is False for step in asking(case, order))
