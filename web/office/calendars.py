"""Calendars: the public holidays as computed, and the offices' own lists of days."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import InvalidInputError
from content.models.people import Role
from scheduler import calendar_changes, holidays_vn, windows
from scheduler import calendars as days_of
from scheduler.models.calendar import Calendar
from scheduler.models.window import Window
from scheduler.rules import Rules
from web import calendar_names, context, forms, places, refusals
from web.office.blueprint import office

EVERYWHERE = "*"
"""No unit's number, and not empty: a browser sends no form whose required list stands on an empty choice."""


@office.get("/lich")
def calendars() -> ResponseReturnValue:
    """List the calendars, and the public holidays of a year."""
    places.require_sight()
    year = min(max(request.args.get("nam", context.today().year, type=int), 2000), 2099)
    own = calendar_names.own()
    known = days_of.load_calendars(context.session())
    return render_template(
        "office/calendars.html",
        year=year,
        holidays=list(holidays_vn.holidays_of(year).items()),
        worked=known.worked(year),
        told_off=known.told_off(year),
        source=holidays_vn.SOURCE,
        own=[(one, len(days_of.days_of_calendar(context.session(), one.id))) for one in own],
        kinds=days_of.KINDS,
        units=context.rights().tree.units,
        may_add=bool(places.units_to_plan()),
    )


@office.get("/lich/moi")
def new_calendar() -> ResponseReturnValue:
    """Show the form of a new calendar."""
    return _form({"kind": "exam"})


@office.post("/lich/moi")
def create_calendar() -> ResponseReturnValue:
    """Keep a calendar with its days."""
    form = request.form
    try:
        days, unit_id = _days(), _unit_id()
        with _held():
            made = days_of.create_calendar(
                context.session(),
                name=forms.text(form, "name"),
                kind=forms.text(form, "kind"),
                source=forms.text(form, "source"),
                days=days,
                unit_id=unit_id,
                by=context.person().login,
                now=context.now(),
            )
    except InvalidInputError as error:
        return _form(form, error), 422
    flash(gettext("Đã thêm lịch; giờ có thể chọn lịch này ở khung giờ."), "success")
    return redirect(url_for("office.calendar", calendar_id=made.id), 303)


@office.get("/lich/<int:calendar_id>")
def calendar(calendar_id: int) -> ResponseReturnValue:
    """Show a calendar's days."""
    return _shown(_seen(calendar_id))


@office.post("/lich/<int:calendar_id>/ngay")
def add_days(calendar_id: int) -> ResponseReturnValue:
    """Add days to a calendar; a day that is there already takes the new note."""
    found = _own(calendar_id)
    try:
        added = _days()
        _set(found, {**days_of.days_of_calendar(context.session(), found.id), **added})
    except InvalidInputError as error:
        return _shown(found, error), 422
    flash(gettext("Đã thêm %(n)s ngày.", n=len(added)), "success")
    return redirect(url_for("office.calendar", calendar_id=found.id), 303)


@office.post("/lich/<int:calendar_id>/bo-ngay")
def remove_days(calendar_id: int) -> ResponseReturnValue:
    """Take the days ticked out of a calendar."""
    found = _own(calendar_id)
    try:
        gone = {forms.local_day(given) for given in request.form.getlist("day")}
        kept = {
            day: note
            for day, note in days_of.days_of_calendar(context.session(), found.id).items()
            if day not in gone
        }
        _set(found, kept)
    except ValueError:
        return _shown(found, InvalidInputError("Hãy chọn ngày cần bỏ.", field="days")), 422
    except InvalidInputError as error:
        return _shown(found, error), 422
    flash(gettext("Đã bỏ các ngày được chọn khỏi lịch."), "success")
    return redirect(url_for("office.calendar", calendar_id=found.id), 303)


@office.post("/lich/<int:calendar_id>/ap")
def lay_calendar(calendar_id: int) -> ResponseReturnValue:
    """Let the calendar narrow every window that runs where it holds and the person plans."""
    found, sign = _own(calendar_id), forms.text(request.form, "sign")
    if sign not in {"+", "-"}:
        error = InvalidInputError("Hãy chọn cách tính lịch.", field="sign")
        return _shown(found, error), 422
    chosen = _free(found)
    refused = windows.lay_calendar(
        context.session(),
        chosen,
        f"{sign}{found.id}",
        rules=Rules.of(context.house().settings),
        now=context.now(),
        by=context.person().login,
    )
    done = len(chosen) - len(refused)
    flash(gettext("Đã áp lịch cho %(n)s khung giờ; lịch phát được xếp lại.", n=done), "success")
    if refused:
        names = ", ".join(f"{window.title} ({window.station})" for window in refused[:5])
        flash(
            gettext(
                "%(n)s khung giờ không áp được vì không còn ngày phát hợp lệ: %(names)s.",
                n=len(refused),
                names=names,
            ),
            "warning",
        )
    return redirect(url_for("office.calendar", calendar_id=found.id), 303)


@office.post("/lich/<int:calendar_id>/ngung")
def end_calendar(calendar_id: int) -> ResponseReturnValue:
    """Let nobody choose the calendar any more."""
    found = _own(calendar_id)
    try:
        with _held():
            days_of.end_calendar(context.session(), found, by=context.person().login, now=context.now())
    except InvalidInputError as error:
        return _shown(found, error), 422
    flash(gettext("Lịch đã ngừng dùng; khung giờ đã chọn lịch này vẫn giữ các ngày của lịch."), "success")
    return redirect(url_for("office.calendars"), 303)


def _free(found: Calendar) -> list[Window]:
    """Return the windows to come, where the calendar holds and the person plans, that do not have it."""
    tree, today = context.rights().tree, context.today()
    names = [
        one.name
        for one in places.seen_stations()
        if places.may_plan(one.unit_id) and (found.unit_id is None or found.unit_id in tree.path(one.unit_id))
    ]
    there = windows.windows_of(context.session(), names)
    return [
        window
        for held in there.values()
        for window in held
        if (window.last_day is None or window.last_day >= today)
        and str(found.id) not in {mark[1:] for mark in window.calendars or ()}
    ]


def _days() -> dict[date, str]:
    """Return day → note of the days typed: single ones, or from the first to the last of a span."""
    form = request.form
    note = forms.text(form, "note")
    found = forms.days(form, "days", what=gettext("Các ngày"))
    first = forms.maybe_day(form, "first_day", what=gettext("Từ ngày"))
    last = forms.maybe_day(form, "last_day", what=gettext("Đến ngày")) or first
    if first is not None and last is not None:
        if not 0 <= (last - first).days <= days_of.MOST_DAYS:
            raise InvalidInputError("Ngày cuối sớm hơn ngày đầu, hoặc cách quá xa.", field="last_day")
        found += [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    if not found:
        raise InvalidInputError("Hãy ghi ít nhất một ngày.", field="days")
    return dict.fromkeys(found, note)


def _unit_id() -> int | None:
    """Return the unit chosen, None for everywhere; the person must plan for it."""
    if forms.text(request.form, "unit_id") == EVERYWHERE:
        _require_everywhere()
        return None
    unit_id = forms.number(request.form, "unit_id", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    places.require_plan(unit_id)
    return unit_id


def _everywhere() -> bool:
    return any(context.rights().may_everywhere(role) for role in places.PLANS)


def _require_everywhere() -> None:
    if not _everywhere():
        roots = [unit.id for unit in context.rights().tree.units.values() if unit.parent_id is None]
        context.rights().require(Role.ADMIN, roots[0])


def _set(found: Calendar, days: dict[date, str]) -> None:
    with _held():
        days_of.set_days(context.session(), found, days, by=context.person().login, now=context.now())


def _held() -> AbstractContextManager[None]:
    """Hold a change of calendars against the windows that follow them."""
    rules = Rules.of(context.house().settings)
    return calendar_changes.held(context.session(), rules=rules, now=context.now())


def _seen(calendar_id: int) -> Calendar:
    found = days_of.get(context.session(), calendar_id)
    if found.unit_id is not None and not places.sees(found.unit_id):
        places.require_plan(found.unit_id)
    places.require_sight()
    return found


def _own(calendar_id: int) -> Calendar:
    found = _seen(calendar_id)
    if found.unit_id is None:
        _require_everywhere()
    else:
        places.require_plan(found.unit_id)
    return found


def _form(typed: Any, error: InvalidInputError | None = None) -> str:
    places.require_sight()
    units = [(str(unit.id), unit.name) for unit in places.units_to_plan()]
    return render_template(
        "office/calendar_form.html",
        typed=typed,
        kinds=[(kind, gettext(title)) for kind, title in days_of.KINDS.items()],
        units=[(EVERYWHERE, gettext("Mọi nơi")), *units] if _everywhere() else units,
        problem=_problem(error, "name") if error else None,
    )


def _shown(found: Calendar, error: InvalidInputError | None = None) -> str:
    place = found.unit_id
    return render_template(
        "office/calendar.html",
        calendar=found,
        kind=gettext(days_of.KINDS[found.kind]),
        unit=context.rights().tree.units[place] if place is not None else None,
        days=list(days_of.days_of_calendar(context.session(), found.id).items()),
        may=not found.ended_at and (_everywhere() if place is None else places.may_plan(place)),
        free=len(_free(found)) if not found.ended_at else 0,
        typed=request.form,
        problem=_problem(error, "days") if error else None,
    )


def _problem(error: InvalidInputError, otherwise: str) -> dict[str, Any]:
    """Return a refusal for the page; `unit_id` is where a rule was broken."""
    return {**refusals.told(error, error.field or otherwise), "unit_id": error.facts.get("unit")}
