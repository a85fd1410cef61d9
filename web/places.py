"""Where a person plans: the stations and units whose windows, rules and quotas are his to see or to set."""

from __future__ import annotations

from content.models.people import Role
from content.models.unit import Unit
from scheduler import stations
from scheduler.models.station import Station
from web import context

SEES = (Role.OFFICE, Role.APPROVER, Role.OPERATOR, Role.ADMIN)
PLANS = (Role.OFFICE, Role.ADMIN)


def may_plan(unit_id: int) -> bool:
    """Tell whether the person plans for the unit: its office, or who administers it."""
    return any(context.rights().may(role, unit_id) for role in PLANS)


def require_plan(unit_id: int) -> None:
    """Raise ForbiddenError unless the person plans for the unit."""
    if not may_plan(unit_id):
        context.rights().require(Role.OFFICE, unit_id)


def require_sight() -> None:
    """Raise ForbiddenError for who has nothing to do with planning anywhere."""
    if not context.rights().holds(*SEES):
        context.rights().require(Role.OFFICE, next(iter(context.rights().tree.units)))


def sees(unit_id: int) -> bool:
    """Tell whether the person has to do with a unit: works for it, or for one above or below it."""
    rights = context.rights()
    seen = rights.unit_ids(*SEES)
    return unit_id in seen or any(unit_id in rights.tree.path(one) for one in seen)


def seen_stations() -> list[Station]:
    """Return the stations in use that the person may see, by title."""
    seen = context.rights().unit_ids(*SEES)
    found = stations.stations_below(context.session(), seen, context.today())
    return sorted((one for one in found if one.unit_id in seen), key=lambda one: (one.title, one.name))


def units_to_plan() -> list[Unit]:
    """Return the units the person plans for, parents first, each once."""
    rights, day = context.rights(), context.today()
    return list({unit.id: unit for role in PLANS for unit in rights.units_for(role, day)}.values())
