"""The plan the bulletins serve: programmes, targets, duties, and what was aired for each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from content import plans
from content.models.people import Role
from scheduler import board
from web import context
from web.figures import figure
from web.office.blueprint import office


@office.get("/ke-hoach")
def plan() -> ResponseReturnValue:
    """Show the programmes with this week's airtime."""
    session = context.session()
    return render_template("office/plan.html", plan=plans.current(session), coverage=_this_week())


@office.get("/ke-hoach/<code>")
def programme(code: str) -> ResponseReturnValue:
    """Show one programme's targets."""
    found = plans.programme_by_code(context.session(), code)
    return render_template("office/programme.html", programme=found, figure=figure)


@dataclass
class Airtime:
    """What one programme got this week at the wards the person sees."""

    planned: int = 0
    played: int = 0
    played_ms: int = 0


def _this_week() -> dict[str | None, Airtime]:
    """Sum the coverage from Monday on, by programme code."""
    monday = context.today() - timedelta(days=context.today().weekday())
    start = datetime.combine(monday, time(), tzinfo=context.house().settings.zone)
    seen, total = context.rights().unit_ids(*Role), defaultdict[str | None, Airtime](Airtime)
    for row in board.coverage(context.session(), start, start + timedelta(days=7)):
        if row.unit_id in seen:
            airtime = total[row.programme]
            airtime.planned += row.planned
            airtime.played += row.played
            airtime.played_ms += row.played_ms
    return total
