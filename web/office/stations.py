"""The wards' stations: which are heard from, and inviting a machine to become one."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from content.contracts.signing import PublicKey
from content.models.people import Role
from scheduler import board
from scheduler import stations as machines
from web import context
from web.office.blueprint import office


@office.get("/tram")
def stations() -> ResponseReturnValue:
    """List the stations with their connection, clock, disk and programme in hand."""
    return _page()


@office.post("/tram/<name>/moi")
def invite_station(name: str) -> ResponseReturnValue:
    """Show, once, the code with which the ward's machine enrols."""
    session, house = context.session(), context.house()
    station = machines.get(session, name)
    role = Role.ADMIN if context.rights().may(Role.ADMIN, station.unit_id) else Role.OFFICE
    context.rights().require(role, station.unit_id)
    code = machines.invite(
        session,
        station,
        url=house.settings.url_of_site,
        keyid=house.key.public.keyid,
        by=context.person().login,
        now=context.now(),
    )
    return _page(code=str(code), invited=station)


def _page(**more: Any) -> str:
    rights, seen = context.rights(), seen_stations()
    return render_template(
        "office/stations.html",
        stations=seen,
        keyids=_keyids(seen),
        tree=rights.tree,
        may_invite=rights.unit_ids(Role.ADMIN, Role.OFFICE),
        **more,
    )


def _keyids(lines: list[board.StationLine]) -> dict[str, str]:
    """Return station → the key id of its public key, of those that are enrolled."""
    keys = {line.station.name: line.station.public_key for line in lines}
    return {name: PublicKey.from_hex(key).keyid for name, key in keys.items() if key}


def seen_stations() -> list[board.StationLine]:
    """Return the stations of the units the person works for."""
    seen = context.rights().unit_ids(*Role)
    lines = board.stations_overview(context.session(), context.now())
    return [line for line in lines if line.station.unit_id in seen]
