"""Where a station belongs: to its unit, once that was merged to whoever took over, or where it was moved."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.contracts import lpjson
from content.errors import ConflictError, InvalidInputError
from content.models.unit import Unit
from content.units import Tree, load_tree
from scheduler.hearings import DAY
from scheduler.models.station import Station
from scheduler.rules import Rules

MOVED = "station.move"


def move_station(
    session: Session, station: Station, unit_id: int, *, by: str, rules: Rules, now: datetime
) -> None:
    """Let a station belong to another unit from today on; what is planned is planned again by its orders."""
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.in_being(rules.day_of(now)):
        raise InvalidInputError("Hãy chọn đơn vị đang có để gắn trạm.", field="unit_id")
    if station.retired_at is not None:
        raise ConflictError("Trạm {title} đã ngừng dùng.", title=station.title)
    if station.unit_id == unit.id:
        raise ConflictError("Trạm {title} đã thuộc {unit}.", title=station.title, unit=unit.name)
    _move(session, station, unit.id, by=by, on=rules.day_of(now), now=now)


def follow_mergers(session: Session, now: datetime, rules: Rules) -> list[Station]:
    """Give the stations of merged units to their successors, once nothing is owed from before; return them.

    From the day of the merger on the planner sees them there anyway.
    """
    ended = select(Unit.id).where(
        Unit.successor_id.is_not(None), Unit.valid_to <= rules.day_of(now) - rules.carry_days * DAY
    )
    query = select(Station).where(Station.unit_id.in_(ended), Station.retired_at.is_(None))
    found = list(session.scalars(query.order_by(Station.name)))
    tree = load_tree(session) if found else None
    for station in found:
        heir = tree.standing(station.unit_id, rules.day_of(now)) if tree else None
        last = tree.units[station.unit_id].valid_to if tree else None
        if heir is not None and last is not None:
            _move(session, station, heir.id, by=audit.SYSTEM, on=last, now=now)
    return found


def unit_on(session: Session, tree: Tree, station: Station, day: date) -> Unit | None:
    """Return the unit in being that a station belonged to, or belongs to, on a local day."""
    lines = audit.of_subject(session, f"station:{station.name}")
    told = [lpjson.decode(line.line.encode())["detail"] for line in lines if line.action == MOVED]
    at = next((one["from"] for one in told if date.fromisoformat(one["on"]) > day), station.unit_id)
    return tree.standing(at, day)


def _move(session: Session, station: Station, unit_id: int, *, by: str, on: date, now: datetime) -> None:
    told = {"from": station.unit_id, "to": unit_id, "on": on.isoformat()}
    station.unit_id = unit_id
    session.flush()
    audit.record(session, MOVED, actor=by, subject=f"station:{station.name}", now=now, **told)
