"""Who may stand at which ward's desk, and which station it steers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from content.errors import ConflictError, NotFoundError
from content.models.people import Role
from content.models.unit import Unit
from content.units import by_slug
from scheduler import stations
from scheduler.models.station import Station
from web import context

ROLES = (Role.OPERATOR, Role.OFFICE)


@dataclass(frozen=True)
class Door:
    """A ward that the person may enter, its stations, and the one chosen (None: it has none yet)."""

    unit: Unit
    stations: list[Station]
    station: Station | None

    @property
    def enrolled(self) -> Station | None:
        """The station chosen, once a machine stands behind it."""
        return self.station if self.station is not None and self.station.enrolled_at else None

    def require(self) -> Station:
        """Return the station that takes orders, or raise ConflictError."""
        if self.enrolled is None:
            raise ConflictError(
                "{unit} chưa có trạm nào ghi danh, nên chưa nhận được lệnh.", unit=self.unit.name
            )
        return self.enrolled

    @property
    def tram(self) -> str | None:
        """What addresses carry so that they lead to the same station; None when there is but one."""
        return self.station.name if self.station is not None and len(self.stations) > 1 else None


def enter(slug: str) -> Door:
    """Let the person in at the unit `slug`; ForbiddenError at another ward's, NotFoundError at none."""
    session, rights = context.session(), context.rights()
    unit = by_slug(session, slug)
    if not rights.may(Role.OFFICE, unit.id):
        rights.require(Role.OPERATOR, unit.id)
    found = stations.stations_below(session, [unit.id], context.today())
    return Door(unit, found, _chosen(found, request.args.get("tram")))


def wards() -> list[Unit]:
    """Return the units whose desk the person may use: wards, and clusters held without their ward."""
    rights, day = context.rights(), context.today()
    held = {unit.id: unit for role in ROLES for unit in rights.units_for(role, day)}
    return [unit for unit in held.values() if _is_desk(unit, held)]


def _is_desk(unit: Unit, held: dict[int, Unit]) -> bool:
    return unit.kind == "ward" or (unit.kind == "cluster" and unit.parent_id not in held)


def _chosen(found: list[Station], name: str | None) -> Station | None:
    if name is None:
        return next(iter(sorted(found, key=lambda station: station.enrolled_at is None)), None)
    chosen = next((station for station in found if station.name == name), None)
    if chosen is None:
        raise NotFoundError("Phường này không có trạm “{name}”.", name=name[:80])
    return chosen
