"""Planning by force: first what it would change, station by station, then doing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import ConflictError, NotFoundError
from content.models.unit import Unit
from scheduler import forcing
from scheduler.forcing import Turnover
from scheduler.models.station import Station
from scheduler.rules import Rules
from scheduler.stations import stations_below
from web import context, forms, places
from web.idents import standing_idents
from web.office.blueprint import office
from web.office.why import seen_station

MOST = 200
"""As many stations as one page looks at; `loaphuong replan` does any number."""


class Scope(NamedTuple):
    """What is planned by force: the stations, the unit or the one station that was asked for."""

    stations: Sequence[Station]
    unit: Unit | None
    one: Station | None


class Ward(NamedTuple):
    """A station with what would change there, and how many of its lines lie inside the lock-in."""

    station: Station
    found: Turnover
    near: int


@office.get("/xep-lai")
def look_at_force() -> ResponseReturnValue:
    """Show what planning by force would change; nothing is kept."""
    scope, rules, now = _scope(), _rules(), context.now()
    names = [station.name for station in scope.stations]
    found = forcing.look(context.session(), names, rules=rules, now=now, idents=standing_idents)
    return render_template(
        "office/forced.html",
        scope=scope,
        back=_back(scope),
        wards=_wards(scope, found, rules),
        lock_in=_length(rules.lock_in),
        address=_address(scope),
    )


@office.post("/xep-lai")
def force() -> ResponseReturnValue:
    """Plan by force, and say what was changed."""
    scope = _scope()
    done = forcing.carry_out(
        context.session(),
        [station.name for station in scope.stations],
        by=context.person().login,
        rules=_rules(),
        now=context.now(),
        idents=standing_idents,
    )
    told = gettext(
        "Đã xếp lại %(n)s trạm: %(made)s lượt mới, %(moved)s lượt đổi giờ, %(taken)s lượt gỡ.",
        n=done.stations,
        made=done.created,
        moved=done.moved,
        taken=done.cancelled + done.recalled,
    )
    flash(told, "success")
    return redirect(_back(scope), 303)


def _scope() -> Scope:
    """Return what the address names: a station, or a unit with all below; the person must plan for it."""
    name, unit_id = request.args.get("tram", ""), request.args.get("don-vi", type=forms.identifier)
    if name:
        station = seen_station(name)
        places.require_plan(station.unit_id)
        return Scope([station], None, station)
    unit = context.rights().tree.units.get(unit_id or 0)
    if unit is None or not places.sees(unit.id):
        raise NotFoundError("Không có đơn vị đó.")
    places.require_plan(unit.id)
    found = stations_below(context.session(), [unit.id], context.today())
    if not found:
        raise NotFoundError("{unit} chưa có trạm nào.", unit=unit.name)
    if len(found) > MOST:
        raise ConflictError(
            "{unit} có {count} trạm; trang này xếp lại nhiều nhất {most} trạm. Hãy chọn từng phường, "
            "hoặc chạy lệnh loaphuong replan ở máy chủ.",
            unit=unit.name,
            count=len(found),
            most=MOST,
        )
    return Scope(sorted(found, key=lambda one: (one.title, one.name)), unit, None)


def _wards(scope: Scope, found: Sequence[Turnover], rules: Rules) -> list[Ward]:
    """Return the stations where something would change, those with changes inside the lock-in first."""
    by_name, now = {station.name: station for station in scope.stations}, context.now()
    wards = [Ward(by_name[one.station], one, len(forcing.near(one.lines(), rules, now))) for one in found]
    return sorted(wards, key=lambda ward: (ward.near == 0, ward.station.title, ward.station.name))


def _address(scope: Scope) -> dict[str, Any]:
    """Return how the address names what is asked for."""
    return {"tram": scope.one.name} if scope.one else {"don-vi": scope.unit.id if scope.unit else None}


def _back(scope: Scope) -> str:
    """Return the page it was asked from: the ward's day, or the week of the unit."""
    day = forms.day_asked("ngay", context.today())
    if scope.one is not None:
        return url_for("office.day_list", name=scope.one.name, day=day)
    return url_for("office.week", tuan=day, **_address(scope))


def _length(span: timedelta) -> str:
    """Return a length in hours, or in minutes where it is no whole number of hours."""
    minutes = round(span.total_seconds() / 60)
    if minutes and minutes % 60 == 0:
        return str(gettext("%(n)s giờ", n=minutes // 60))
    return str(gettext("%(n)s phút", n=minutes))


def _rules() -> Rules:
    return Rules.of(context.house().settings)
