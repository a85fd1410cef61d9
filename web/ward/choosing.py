"""`/ward`: the wards one may look after; who has one only is taken there at once."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduler import board, stations
from web import context
from web.ward.blueprint import ward
from web.ward.door import wards


@ward.get("/", strict_slashes=False)
def choose() -> ResponseReturnValue:
    """Show the wards, or go to the only one."""
    found = wards()
    if len(found) == 1:
        return redirect(url_for("ward.desk", slug=found[0].slug))
    session, now, day = context.session(), context.now(), context.today()
    rows = [(unit, stations.stations_below(session, [unit.id], day)) for unit in found]
    coming = {one.name: board.now_and_next(session, one.name, now) for _, here in rows for one in here}
    connections = {name: stations.connection(stations.get(session, name), now) for name in coming}
    return render_template("ward/choose.html", rows=rows, coming=coming, connections=connections)
