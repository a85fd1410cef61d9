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
from web.live import fragment
from web.office.alarms import seen_alarms
from web.office.blueprint import office
from web.office.stations import seen_stations

SHOWN = 40


@office.get("/", strict_slashes=False)
def home() -> ResponseReturnValue:
    """Show the day."""
    return render_template("office/home.html", **_day())


@office.get("/dien-bien")
def live_day() -> ResponseReturnValue:
    """Answer the part of the first page that changes by itself."""
    return fragment(render_template("office/home_live.html", **_day()))


def _day() -> dict[str, Any]:
    session, rights = context.session(), context.rights()
    seen = rights.unit_ids(*Role)
    airings = board.day_of_units(session, seen, context.today(), zone=context.house().settings.zone)
    counts = desk.count_by_state(session, rights.unit_ids(Role.OFFICE, Role.APPROVER))
    return {
        "today": context.today(),
        "airings": sorted(airings, key=_newest_first)[:SHOWN],
        "total": len(airings),
        "states": Counter(airing.state for airing in airings),
        "stations": seen_stations(),
        "alarms": seen_alarms() if rights.holds(Role.OFFICE, Role.ADMIN) else [],
        "waiting": counts.get(RevisionState.SUBMITTED, 0) if rights.holds(Role.APPROVER) else 0,
        "drafts": counts.get(RevisionState.DRAFT, 0) + counts.get(RevisionState.RETURNED, 0),
        "may_write": rights.holds(Role.OFFICE),
        "may_approve": rights.holds(Role.APPROVER),
        "tree": rights.tree,
    }


def _newest_first(airing: Any) -> tuple[int, float]:
    """Sort what sounds now on top, then what was heard last, then what comes."""
    order = {"on_air": 0}.get(airing.state, 1 if airing.rank == 4 else 2)  # noqa: PLR2004
    stamp = (airing.started_at or airing.starts_at).timestamp()
    return order, stamp if order == 2 else -stamp  # noqa: PLR2004
