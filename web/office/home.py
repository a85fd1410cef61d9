"""The first page: what waits, what sounds now, what was heard today, which stations are silent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from content import bulletins as desk
from content.models.bulletin import RevisionState
from content.models.people import Role
from scheduler import board
from web import context
from web.live import fragment_since
from web.office import deciding
from web.office.alarms import seen_alarms
from web.office.blueprint import office

SHOWN = 40
STATIONS_SHOWN = 12


@office.get("/", strict_slashes=False)
def home() -> ResponseReturnValue:
    """Show the day."""
    return render_template("office/home.html", **_day())


@office.get("/dien-bien")
def live_day() -> ResponseReturnValue:
    """Answer the part of the first page that changes by itself."""
    return fragment_since(lambda: render_template("office/home_live.html", **_day()))


def _day() -> dict[str, Any]:
    session, rights = context.session(), context.rights()
    seen = rights.unit_ids(*Role)
    zone = context.house().settings.zone
    glance = board.glance_at_day(session, seen, context.today(), zone=zone, limit=SHOWN)
    stations = board.glances(session, seen, context.now())
    counts = desk.count_by_state(session, rights.unit_ids(Role.OFFICE, Role.APPROVER))
    return {
        "today": context.today(),
        "airings": glance.shown,
        "total": glance.total,
        "states": Counter(glance.states),
        "stations": _worst(stations),
        "station_count": len(stations),
        "alarms": seen_alarms() if rights.holds(Role.OFFICE, Role.ADMIN) else [],
        "waiting": counts.get(RevisionState.SUBMITTED, 0) if rights.holds(Role.APPROVER) else 0,
        "decisions": deciding.decisions(),
        "returned": deciding.returned(),
        "drafts": counts.get(RevisionState.DRAFT, 0) + counts.get(RevisionState.RETURNED, 0),
        "may_write": rights.holds(Role.OFFICE),
        "may_approve": rights.holds(Role.APPROVER),
        "tree": rights.tree,
    }


def _worst(glances: list[board.Glance]) -> list[board.StationLine]:
    """Return the stations that most need a look, as lines; the page of stations has the rest."""
    names = [glance.name for glance in glances[:STATIONS_SHOWN]]
    lines = board.stations_overview(context.session(), context.now(), names) if names else []
    return sorted(lines, key=lambda line: names.index(line.station.name))
