"""The wards' stations: which are heard from, and inviting a machine to become one."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

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
    rights = context.rights()
    return render_template(
        "office/stations.html",
        stations=seen_stations(),
        tree=rights.tree,
        may_invite=rights.unit_ids(Role.ADMIN, Role.OFFICE),
        **more,
    )


def seen_stations() -> list[board.StationLine]:
    """Return the stations of the units the person works for."""
    seen = context.rights().unit_ids(*Role)
    lines = board.stations_overview(context.session(), context.now())
    return [line for line in lines if line.station.unit_id in seen]
