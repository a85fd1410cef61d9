"""The week table, wards down and days across, and one ward's day as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from sqlalchemy import select

from content.models.people import Role
from content.units import Tree
from scheduler.board.day import ward_day
from scheduler.board.filling import Cell, Filled
from scheduler.board.week import WeekTable, week_table
from scheduler.models.station import Station
from scheduler.rules import Rules
from web import context, forms, places
from web.errors import message_of
from web.live import fragment
from web.office.blueprint import office
from web.office.why import seen_station

SCREEN = 50
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_NOTABLE = ("on_air", "played", "partial", "interrupted", "preempted", "missed", "silent")
"""States that a cell tells apart; the rest is to come, or was taken off."""


class Bar(NamedTuple):
    """A broadcast as its cell shows it: when it begins, what is taken of it, what is left."""

    at: str
    used_ms: int
    budget_ms: int
    used: str
    left: str
    is_over: bool


class Square(NamedTuple):
    """A day of a station as the table shows it; `says` are the rules it breaks."""

    url: str
    label: str
    bars: list[Bar]
    states: list[tuple[str, int]]
    says: list[str]
    is_bad: bool
    is_under: bool


class Line(NamedTuple):
    """A station's row."""

    station: Station
    squares: list[Square]


@office.get("/tuan")
def week() -> ResponseReturnValue:
    """Show the week of the wards the person sees, so many at a time."""
    chosen = forms.day_asked("tuan", context.today())
    monday = chosen - timedelta(days=chosen.weekday())
    unit_id, page = request.args.get("don-vi", type=forms.identifier), request.args.get("trang", 1, type=int)
    wards = context.rights().unit_ids(*Role)
    stations = _stations(wards, unit_id)
    page = min(max(page, 1), max(1, -(-len(stations) // SCREEN)))
    shown = _loaded(stations[(page - 1) * SCREEN : page * SCREEN])
    table = week_table(
        context.session(), shown, monday, now=context.now(), rules=_rules(), tree=context.rights().tree
    )
    seen = {"don-vi": unit_id, "trang": page if page > 1 else None}
    facts = {
        **_of_table(table),
        "monday": monday,
        "first": (page - 1) * SCREEN + 1,
        "total": len(stations),
        "page": page,
        "more": page * SCREEN < len(stations),
        "unit_id": unit_id,
        "chosen": _one_day(monday),
        "seen": seen,
    }
    if request.args.get("phan"):
        return fragment(render_template("office/week_rows.html", **facts))
    return render_template(
        "office/week.html",
        units=_units(wards),
        before=monday - WEEK,
        after=monday + WEEK,
        may_force=_to_force(unit_id) if context.today() < monday + WEEK else None,
        **facts,
    )


@office.get("/tuan/<name>/<day>")
def day_list(name: str, day: str) -> ResponseReturnValue:
    """Show a ward's day: each broadcast, what lies in it, what is free."""
    station, asked = seen_station(name), forms.known_day(day)
    tree = context.rights().tree
    found = ward_day(context.session(), station, asked, now=context.now(), rules=_rules(), tree=tree)
    page = "office/week_day_rows.html" if request.args.get("phan") else "office/week_day.html"
    html = render_template(
        page,
        station=station,
        unit=tree.units[station.unit_id],
        day=asked,
        before=asked - DAY,
        after=asked + DAY,
        monday=asked - timedelta(days=asked.weekday()),
        found=found,
        says=[*_over(found.cell), *_says(found.cell)],
        is_today=asked == context.today(),
        may_force=asked >= context.today() and places.may_plan(station.unit_id),
    )
    return fragment(html) if request.args.get("phan") else html


def _to_force(unit_id: int | None) -> int | None:
    """Return the unit that the person may plan by force: the one chosen, else the first of his own."""
    if unit_id is not None:
        known = unit_id in context.rights().tree.units
        return unit_id if known and places.may_plan(unit_id) else None
    return next((unit.id for unit in places.units_to_plan()), None)


def _rules() -> Rules:
    return Rules.of(context.house().settings)


def _stations(wards: set[int], unit_id: int | None) -> list[str]:
    """Return the stations in use at units the person sees, by name, in the order of the unit tree."""
    tree, wanted = context.rights().tree, wards
    if unit_id is not None and unit_id in tree.units:
        wanted = {unit for unit in wards if unit_id in tree.path(unit)}
    query = select(Station.name, Station.unit_id).where(Station.retired_at.is_(None))
    rows = [(name, unit) for name, unit in context.session().execute(query) if unit in wanted]
    places = {unit: _place(tree, unit) for _, unit in rows}
    return [name for name, unit in sorted(rows, key=lambda row: (places[row[1]], row[0]))]


def _loaded(names: Sequence[str]) -> list[Station]:
    found = context.session().scalars(select(Station).where(Station.name.in_(names)))
    return sorted(found, key=lambda station: names.index(station.name))


def _place(tree: Tree, unit_id: int) -> tuple[str, ...]:
    return tuple(tree.units[above].name for above in reversed(tree.path(unit_id)))


def _units(wards: set[int]) -> list[tuple[int, str]]:
    """Return the units the person may choose, cities to wards, each with its name set in by its depth."""
    tree, today = context.rights().tree, context.today()
    units = [u for u in tree.units.values() if u.id in wards and u.kind != "cluster" and u.in_being(today)]
    placed = sorted((_place(tree, unit.id), unit.id) for unit in units)
    top = min((len(place) for place, _ in placed), default=1)
    return [(unit_id, "\u2003" * (len(place) - top) + place[-1]) for place, unit_id in placed]


def _one_day(monday: date) -> int:
    """Return which day a narrow screen shows: the one asked for, else today, else Monday."""
    asked = forms.day_asked("ngay", context.today())
    return (asked - monday).days if monday <= asked < monday + WEEK else 0


def _of_table(table: WeekTable) -> dict[str, Any]:
    short = [format_date(day, "EEE d/M") for day in table.days]
    wall = _Wall(
        context.house().settings.zone,
        gettext("quá %(time)s"),
        gettext("còn %(time)s"),
        gettext("đầy"),
    )
    return {
        "days": list(zip(table.days, short, strict=True)),
        "today": context.today(),
        "lines": [_line(wall, station, cells, short) for station, cells in table.rows],
        "totals": table.totals,
        "airtime": table.airtime,
        "tree": context.rights().tree,
    }


class _Wall(NamedTuple):
    """What every square needs, asked for once: the zone, and the words beside a bar."""

    zone: ZoneInfo
    over: str
    free: str
    full: str

    def bar(self, one: Filled) -> Bar:
        return Bar(
            f"{one.broadcast.starts_at.astimezone(self.zone):%H:%M}",
            min(one.used_ms, one.budget_ms),
            one.budget_ms,
            f"{_clock(one.used_ms)} / {_clock(one.budget_ms)}",
            self.left(one),
            one.is_over,
        )

    def left(self, one: Filled) -> str:
        if one.is_over:
            return self.over % {"time": _clock(one.used_ms - one.budget_ms)}
        return self.free % {"time": _clock(one.free_ms)} if one.free_ms else self.full


def _line(wall: _Wall, station: Station, cells: Sequence[Cell], days: Sequence[str]) -> Line:
    base = url_for("office.day_list", name=station.name, day="-").removesuffix("-")
    squares = [
        _square(wall, cell, f"{base}{cell.day.isoformat()}", f"{station.title}, {short}")
        for cell, short in zip(cells, days, strict=True)
    ]
    return Line(station, squares)


def _square(wall: _Wall, cell: Cell, url: str, label: str) -> Square:
    states = [(state, cell.states[state]) for state in _NOTABLE if cell.states.get(state)]
    return Square(
        url,
        label,
        [wall.bar(one) for one in cell.broadcasts],
        states,
        _says(cell),
        bool(cell.is_over or cell.breaches),
        cell.is_under,
    )


def _says(cell: Cell) -> list[str]:
    """Say which rules a day breaks."""
    return [message_of(breach.error()) for breach in cell.breaches]


def _over(cell: Cell) -> list[str]:
    return [gettext("Có buổi xếp quá thời lượng.")] if cell.is_over else []


def _clock(milliseconds: int) -> str:
    seconds = (milliseconds + 500) // 1000
    return f"{seconds // 60}:{seconds % 60:02}"
