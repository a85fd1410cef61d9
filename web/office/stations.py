"""The wards' stations: which are heard from, where and how they are, and inviting a machine to become one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from content.models.people import Role
from content.models.unit import Unit
from content.units import by_slug
from scheduler import board
from scheduler import stations as machines
from scheduler.board import Glance
from scheduler.stations import Connection
from web import context
from web.live import fragment
from web.office.blueprint import office
from web.office.station_tree import counts_of, in_tree_order, sections_of
from web.state_words import state_words
from web.ward.words import programme_words

office.app_template_global("words_of_state")(state_words)

SHOWN = 100
TROUBLED = "bat-thuong"
FILTERS: dict[str, Connection] = {
    "dang-noi": Connection.ONLINE,
    "bao-cham": Connection.LATE,
    "mat-ket-noi": Connection.OFFLINE,
    "chua-noi": Connection.NEVER,
}


@dataclass
class Branch:
    """A unit below the one looked at, with how its stations are."""

    unit: Unit
    counts: Counter[str] = field(default_factory=Counter)


@office.get("/tram")
def stations() -> ResponseReturnValue:
    """List the stations with their connection, clock, disk and programme in hand, by unit and state."""
    return render_template("office/stations.html", **_shown())


@office.get("/tram-live")
def stations_live() -> ResponseReturnValue:
    """Answer the part of the list that changes by itself."""
    return fragment(render_template("office/stations_live.html", **_shown()))


@office.post("/tram/<name>/moi")
def invite_station(name: str) -> ResponseReturnValue:
    """Show, once, the code with which the ward's machine enrols."""
    session, house = context.session(), context.house()
    station = machines.get(session, name)
    require_keeper(station.unit_id)
    code = machines.invite(
        session,
        station,
        url=house.settings.url_of_site,
        keyid=house.key.public.keyid,
        by=context.person().login,
        now=context.now(),
    )
    return render_template("office/stations.html", **_shown(), code=str(code), invited=station)


def seen_stations() -> list[board.StationLine]:
    """Return the stations of the units the person works for."""
    seen = context.rights().unit_ids(*Role)
    lines = board.stations_overview(context.session(), context.now())
    return [line for line in lines if line.station.unit_id in seen]


def require_keeper(unit_id: int) -> None:
    """Raise ForbiddenError unless the person may take machines in and out of use at the unit."""
    role = Role.ADMIN if context.rights().may(Role.ADMIN, unit_id) else Role.OFFICE
    context.rights().require(role, unit_id)


def _shown() -> dict[str, Any]:
    session, now, rights = context.session(), context.now(), context.rights()
    seen, unit = rights.unit_ids(*Role), _unit()
    scope = seen if unit is None else seen & rights.below(unit.id)
    all_here = board.glances(session, scope, now)
    given: dict[str, Any] = request.args.to_dict()
    asked, words = request.args.get("tinh-trang", ""), request.args.get("tim", "").strip().casefold()
    matching = (
        one for one in all_here if _wanted(one, asked) and words in f"{one.title} {one.name}".casefold()
    )
    chosen = in_tree_order(matching, rights.tree)
    page = max(1, request.args.get("trang", 1, type=int))
    names = [one.name for one in chosen[(page - 1) * SHOWN : page * SHOWN]]
    lines = {line.station.name: line for line in board.stations_overview(session, now, names)}
    address = {"don-vi": unit.slug if unit else None, "tinh-trang": asked or None, "tim": words or None}
    shown = [lines[name] for name in names if name in lines]
    counts = counts_of(all_here, rights.tree, counted)
    return {
        "lines": shown,
        "sections": sections_of(shown, rights.tree, counts, below=unit.id if unit else None),
        "counts": counted(all_here),
        "total": len(all_here),
        "found": len(chosen),
        "page": page,
        "pages": max(1, -(-len(chosen) // SHOWN)),
        "asked": asked,
        "words": words,
        "unit": unit,
        "above": _above(unit, seen),
        "branches": _branches(unit, all_here, seen),
        "filters": FILTERS,
        "address": {name: value for name, value in address.items() if value},
        "poll": url_for("office.stations_live", **given),
        "hours_held": programme_words,
        "may_invite": rights.unit_ids(Role.ADMIN, Role.OFFICE),
    }


def counted(found: list[Glance]) -> Counter[str]:
    """Return how many stations stand in each connection, and how many are in trouble (pure)."""
    counts = Counter(str(one.connection) for one in found)
    counts[TROUBLED] = sum(one.troubled for one in found)
    return counts


def _wanted(one: Glance, asked: str) -> bool:
    if asked == TROUBLED:
        return one.troubled
    return asked not in FILTERS or one.connection == FILTERS[asked]


def _unit() -> Unit | None:
    slug = request.args.get("don-vi", "")
    return by_slug(context.session(), slug) if slug else None


def _above(unit: Unit | None, seen: set[int]) -> list[Unit]:
    """Return the way from the highest unit that the person sees down to this one."""
    tree = context.rights().tree
    return [tree.units[one] for one in reversed(tree.path(unit.id)) if one in seen] if unit else []


def _branches(unit: Unit | None, found: list[Glance], seen: set[int]) -> list[Branch]:
    """Return the next units below, with the counts of all stations under each."""
    tree = context.rights().tree
    branches: dict[int, Branch] = {}
    for one in found:
        path = [at for at in reversed(tree.path(one.unit_id)) if at in seen]
        start = path.index(unit.id) + 1 if unit is not None and unit.id in path else 0
        if start < len(path):
            branch = branches.setdefault(path[start], Branch(tree.units[path[start]]))
            branch.counts.update([str(one.connection), *([TROUBLED] if one.troubled else [])])
    return sorted(branches.values(), key=lambda branch: branch.unit.name)
