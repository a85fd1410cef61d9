"""Units: the tree, and each unit's tags, validity, successor, weeks to be approved and stations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content import units as tree_of_units
from content.errors import InvalidInputError, LoaPhuongError, NotFoundError
from content.models.people import Role
from content.models.unit import Unit
from scheduler import homes, picks, stations
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.rulebook import load_book
from scheduler.rules import Rules
from web import context, forms, places, rule_words
from web.errors import message_of, status_of
from web.office.blueprint import office

ZONES = ("noi-thanh", "ngoai-thanh")
NEAR = ("benh-vien", "truong-hoc")
DAY = timedelta(days=1)


class Line(NamedTuple):
    """A unit in the list: how deep it lies below the first, its stations, what it is becoming."""

    unit: Unit
    depth: int
    stations: int
    successor: Unit | None


@office.get("/don-vi")
def units() -> ResponseReturnValue:
    """List the units the person has to do with as a tree, past ones when asked."""
    places.require_sight()
    past = "cu" in request.args
    lines = _lines(past=past)
    return render_template(
        "office/units.html", lines=lines, past=past, words=rule_words, today=context.today()
    )


@office.get("/don-vi/<slug>")
def unit(slug: str) -> ResponseReturnValue:
    """Show a unit."""
    return _page(_seen(slug))


@office.post("/don-vi/<slug>/ten")
def rename_unit(slug: str) -> ResponseReturnValue:
    """Give a unit another name."""
    found = _kept(slug)
    name = forms.text(request.form, "name")
    return _done(
        found, gettext("Đã đổi tên đơn vị."), lambda: tree_of_units.rename(*_of(found), name, **_by())
    )


@office.post("/don-vi/<slug>/nhan")
def tag_unit(slug: str) -> ResponseReturnValue:
    """Give a unit its tags: the zone, what it lies near, and others."""
    found = _kept(slug)
    said = gettext("Đã lưu nhãn; lịch phát được xếp lại theo quy định của nhãn.")
    return _done(found, said, lambda: tree_of_units.set_tags(*_of(found), _tags(), **_by()))


@office.post("/don-vi/<slug>/duyet-tuan")
def set_unit_weeks(slug: str) -> ResponseReturnValue:
    """Say whether the unit's weeks are approved before they go out."""
    found = _seen(slug)
    if not _may_release(found):
        context.rights().require(Role.ADMIN, found.id)
    wanted = forms.text(request.form, "wanted") == "1"
    said = gettext("Đã bật duyệt tuần.") if wanted else gettext("Đã tắt duyệt tuần.")
    return _done(found, said, lambda: tree_of_units.set_week_approval(*_of(found), wanted=wanted, **_by()))


@office.post("/don-vi/<slug>/ket-thuc")
def end_unit(slug: str) -> ResponseReturnValue:
    """End a unit on a day, with or without a successor."""
    found = _kept(slug)

    def end() -> None:
        into = _successor()
        on = forms.day(request.form, "on", what=gettext("Ngày kết thúc"))
        tree_of_units.end_unit(*_of(found), into, on=on, today=context.today(), **_by())

    return _done(found, gettext("Đã ghi ngày kết thúc; lịch từ ngày đó được xếp lại."), end)


@office.post("/don-vi/<slug>/giu-lai")
def keep_unit(slug: str) -> ResponseReturnValue:
    """Take back an end that has not come yet."""
    found = _kept(slug)
    said = gettext("Đã bỏ ngày kết thúc; đơn vị tiếp tục như trước.")
    return _done(found, said, lambda: tree_of_units.keep_unit(*_of(found), today=context.today(), **_by()))


@office.post("/don-vi/<slug>/cap-duoi")
def add_unit(slug: str) -> ResponseReturnValue:
    """Add a unit below."""
    found = _kept(slug)

    def add() -> None:
        tree_of_units.add_unit(
            *_of(found),
            name=forms.text(request.form, "child"),
            kind=forms.text(request.form, "kind"),
            valid_from=forms.day(request.form, "valid_from", what=gettext("Ngày bắt đầu")),
            **_by(),
        )

    return _done(found, gettext("Đã thêm đơn vị cấp dưới."), add, name="child")


@office.post("/don-vi/tram/<name>/xep")
def fill_station(name: str) -> ResponseReturnValue:
    """Say whether the planner fills what the ward has not chosen."""
    station, found = _station(name)
    fill = forms.text(request.form, "fill")
    session, by, now = context.session(), context.person(), context.now()
    said = gettext("Đã lưu cách xếp lịch của trạm %(station)s.", station=station.title)
    return _done(found, said, lambda: picks.set_fill(session, station, fill, by=by, now=now))


@office.post("/don-vi/tram/<name>/chuyen")
def move_station(name: str) -> ResponseReturnValue:
    """Let a station belong to another unit."""
    station, found = _station(name)
    _require_keeping(found)

    def move() -> None:
        into = forms.maybe_number(request.form, "unit_id")
        if into not in {one.id for one in _keepable()}:
            raise InvalidInputError("Hãy chọn đơn vị đang có để gắn trạm.", field="unit_id")
        rules = Rules.of(context.house().settings)
        homes.move_station(context.session(), station, into, rules=rules, **_by())

    return _done(found, gettext("Đã chuyển trạm %(station)s.", station=station.title), move)


def may_keep(found: Unit) -> bool:
    """Tell whether the person keeps a unit: its administrator, or the office of the unit above.

    A unit's own office does not, for its tags decide by which rules it is bound.
    """
    rights = context.rights()
    above = found.parent_id is not None and rights.may(Role.OFFICE, found.parent_id)
    return above or rights.may(Role.ADMIN, found.id)


def _require_keeping(found: Unit) -> None:
    if not may_keep(found):
        context.rights().require(Role.ADMIN, found.id)


def _may_release(found: Unit) -> bool:
    return any(context.rights().may(role, found.id) for role in (Role.ADMIN, Role.APPROVER))


def _lines(*, past: bool) -> list[Line]:
    tree, today = context.rights().tree, context.today()
    shown = {
        one.id
        for one in tree.units.values()
        if places.sees(one.id) and (past or one.valid_to is None or one.valid_to > today)
    }
    counts = Counter(context.session().scalars(select(Station.unit_id).where(Station.retired_at.is_(None))))
    found: list[Line] = []

    def walk(unit_id: int, depth: int) -> None:
        unit_ = tree.units[unit_id]
        if unit_id in shown:
            heir = tree.units.get(unit_.successor_id or 0)
            found.append(Line(unit_, depth, counts[unit_id], heir))
        for child in tree.children.get(unit_id, ()):
            walk(child, depth + (unit_id in shown))

    for root in (u.id for u in tree.units.values() if u.parent_id is None):
        walk(root, 0)
    return found


def _page(found: Unit, problem: dict[str, str] | None = None) -> str:
    tree, today = context.rights().tree, context.today()
    keeps = may_keep(found)
    return render_template(
        "office/unit.html",
        unit=found,
        above=[tree.units[at] for at in reversed(tree.path(found.id)[1:]) if places.sees(at)],
        below=[tree.units[at] for at in tree.children.get(found.id, ()) if tree.units[at].in_being(today)],
        inherited=sorted(tree.tags(found.id) - set(found.tags)),
        others=[tag for tag in found.tags if tag not in (*ZONES, *NEAR)],
        successor=tree.units.get(found.successor_id or 0),
        taken_over=[one for one in tree.units.values() if one.successor_id == found.id],
        rules=_rules_at(found),
        stations=stations.stations_below(context.session(), [found.id], today)
        if found.in_being(today)
        else [],
        stranded=_stranded(found),
        units=tree.units,
        successors=[(one.id, one.name) for one in _keepable() if found.id not in tree.path(one.id)],
        homes=[(one.id, one.name) for one in _keepable()],
        kinds=tree_of_units.KINDS[tree_of_units.KINDS.index(found.kind) + 1 :],
        may=keeps,
        may_release=_may_release(found),
        may_fill=lambda unit_id: any(context.rights().may(role, unit_id) for role in picks.FILLERS),
        keeps=lambda unit_id: may_keep(tree.units[unit_id]),
        words=rule_words,
        today=today,
        tomorrow=today + DAY,
        problem=problem,
    )


def _stranded(found: Unit) -> list[Station]:
    """Return the stations of a unit that is over and was taken over by none: nothing reaches them."""
    if context.rights().tree.standing(found.id, context.today()) is not None:
        return []
    query = select(Station).where(Station.unit_id == found.id, Station.retired_at.is_(None))
    return list(context.session().scalars(query.order_by(Station.name)))


def _rules_at(found: Unit) -> list[Rule]:
    """Return the rules that hold at a unit today."""
    book = load_book(context.session(), context.rights().tree)
    return [context.session().get_one(Rule, one.id) for one in book.on(found.id, context.today())]


def _done(found: Unit, said: str, step: Callable[[], object], *, name: str = "name") -> ResponseReturnValue:
    """Do a step; show the page with what was refused, or go to the page as it is now.

    `name` is the field of the form that holds a name.
    """
    try:
        step()
    except LoaPhuongError as error:
        if error.field is None:
            raise
        context.session().rollback()
        field = name if error.field == "name" else error.field
        return _page(found, {"field": field, "message": message_of(error)}), status_of(error)
    flash(said, "success")
    return redirect(url_for("office.unit", slug=found.slug), 303)


def _of(found: Unit) -> tuple[Any, Unit]:
    return context.session(), found


def _by() -> dict[str, Any]:
    return {"by": context.person().login, "now": context.now()}


def _tags() -> list[str]:
    form = request.form
    zone = forms.text(form, "zone")
    near = [tag for tag in form.getlist("near") if tag in NEAR]
    other = forms.text(form, "others").replace(",", " ").split()
    return [*([zone] if zone in ZONES else []), *near, *other]


def _successor() -> Unit | None:
    into = forms.maybe_number(request.form, "into")
    chosen = next((one for one in _keepable() if one.id == into), None)
    if into and chosen is None:
        raise InvalidInputError("Hãy chọn đơn vị tiếp nhận.", field="into")
    return chosen


def _keepable() -> list[Unit]:
    """Return the units in being that the person keeps, by name."""
    tree, today = context.rights().tree, context.today()
    found = [one for one in tree.units.values() if one.in_being(today) and may_keep(one)]
    return sorted(found, key=lambda one: one.name)


def _kept(slug: str) -> Unit:
    found = _seen(slug)
    _require_keeping(found)
    return found


def _seen(slug: str) -> Unit:
    places.require_sight()
    found = next((one for one in context.rights().tree.units.values() if one.slug == slug), None)
    if found is None or not places.sees(found.id):
        raise NotFoundError("Không có đơn vị “{slug}”.", slug=slug[:80])
    return found


def _station(name: str) -> tuple[Station, Unit]:
    """Return a station and the unit to whose page it belongs today."""
    station, tree = stations.get(context.session(), name), context.rights().tree
    here = tree.standing(station.unit_id, context.today()) or tree.units[station.unit_id]
    return station, _seen(here.slug)
