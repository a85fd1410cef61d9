"""What the loudspeakers let be heard, by unit: the stations' own reports, made public."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content.contracts.airings import Kind
from content.models.news import NewsItem
from content.models.unit import Unit
from content.news import visible
from content.units import load_tree
from scheduler.board import HEARD
from scheduler.models.airing import Airing
from scheduler.models.station import Station

LIMIT = 200
_NOT_FOR_RESIDENTS = (Kind.IDENT, Kind.TEST)
_HEARD = (
    Airing.state.in_(HEARD),
    Airing.kind.not_in(_NOT_FOR_RESIDENTS),
    Airing.started_at.is_not(None),
    func.coalesce(Airing.heard_ms, 0) > 0,
)
Rows = list[tuple[Airing, Unit]]


@dataclass(frozen=True)
class Hearing:
    """One airing that was heard; `slug` names its article while that is visible."""

    started_at: datetime
    title: str
    programme: str | None
    state: str
    heard_ms: int
    duration_ms: int
    slug: str | None


@dataclass(frozen=True)
class UnitRecord:
    """A unit and what was heard there, newest first."""

    slug: str
    name: str
    hearings: tuple[Hearing, ...]


def recent(session: Session, now: datetime, *, unit_slug: str | None = None) -> list[UnitRecord]:
    """Return the latest hearings (at most LIMIT in all) by unit, units in the order of their names."""
    query = select(Airing, Unit).join(Unit, Unit.id == Airing.unit_id).where(*_HEARD).limit(LIMIT)
    rows = _of_town(session, query) if unit_slug is None else _of_unit(session, query, unit_slug)
    return _by_unit(rows, _slugs(session, now))


def _of_town(session: Session, query: Select[Airing, Unit]) -> Rows:
    newest = query.order_by(Airing.started_at.desc(), Airing.id)
    return [(airing, unit) for airing, unit in session.execute(newest)]


def _of_unit(session: Session, query: Select[Airing, Unit], slug: str) -> Rows:
    """Ask each station that is or was the unit's for its own last ones: they stand together in the index."""
    tree = load_tree(session)
    unit = next((one for one in tree.units.values() if one.slug == slug), None)
    if unit is None:
        return []
    names = session.scalars(select(Station.name).where(Station.unit_id.in_(tree.line(unit.id)))).all()
    last = query.where(Unit.id == unit.id).order_by(Airing.starts_at.desc())
    found = [(row, at) for name in names for row, at in session.execute(last.where(Airing.station == name))]
    return sorted(found, key=lambda one: (_began(one[0]), one[0].id), reverse=True)[:LIMIT]


def _began(airing: Airing) -> datetime:
    return airing.started_at or airing.starts_at


def by_day(
    hearings: Iterable[Hearing], day_of: Callable[[datetime], date]
) -> list[tuple[date, list[Hearing]]]:
    """Return the hearings under their local days, in the order given."""
    days: dict[date, list[Hearing]] = {}
    for hearing in hearings:
        days.setdefault(day_of(hearing.started_at), []).append(hearing)
    return list(days.items())


def _by_unit(rows: list[tuple[Airing, Unit]], slugs: dict[int, str]) -> list[UnitRecord]:
    units: dict[str, tuple[str, list[Hearing]]] = {}
    for airing, unit in rows:
        units.setdefault(unit.slug, (unit.name, []))[1].append(_hearing(airing, slugs))
    named = sorted(units.items(), key=lambda one: one[1][0])
    return [UnitRecord(slug, name, tuple(hearings)) for slug, (name, hearings) in named]


def _hearing(airing: Airing, slugs: dict[int, str]) -> Hearing:
    return Hearing(
        started_at=_began(airing),
        title=airing.title,
        programme=airing.programme,
        state=airing.state,
        heard_ms=airing.heard_ms or 0,
        duration_ms=airing.duration_ms,
        slug=slugs.get(airing.approval_id) if airing.approval_id else None,
    )


def _slugs(session: Session, now: datetime) -> dict[int, str]:
    items: list[NewsItem] = visible(session, now, limit=LIMIT)
    return {item.approval_id: item.slug for item in items}
