"""Windows: a station's recurring broadcast times, made with a look at the next ones, ended from a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import InvalidInputError
from scheduler import exceptions, ical, rulebook, windows
from scheduler import stations as machines
from scheduler.limiting import Law, load_law
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.recurrence import Broadcast
from scheduler.rules import Rules
from scheduler.strays import strays
from web import calendar_names, context, forms, places, refusals, rule_words, window_form, window_words
from web.office.blueprint import office
from web.window_form import Typed

PAGE = 30
NEXT = 10


@office.get("/khung-gio")
def list_windows() -> ResponseReturnValue:
    """List the windows that are not over, station by station."""
    places.require_sight()
    seen = places.seen_stations()
    wanted = request.args.get("tram", "")
    page = max(1, request.args.get("trang", 1, type=forms.identifier))
    chosen = [one for one in seen if wanted in {"", one.name}]
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "office/windows.html",
        stations=shown,
        all_stations=seen,
        wanted=wanted,
        page=page,
        last=max(1, -(-len(chosen) // PAGE)),
        total=len(chosen),
        windows=_standing(shown),
        words=_words,
        may={one.name for one in shown if places.may_plan(one.unit_id)},
        may_add=bool(places.units_to_plan()),
    )


@office.get("/khung-gio/moi")
def new_window() -> ResponseReturnValue:
    """Show the form of a new window."""
    return _form(window_form.blank(context.today()))


@office.post("/khung-gio/moi")
def create_window() -> ResponseReturnValue:
    """Keep the window; what the rules refuse is told beside its field, with the rule's citation."""
    try:
        window = windows.add_window(
            context.session(),
            _station(),
            window_form.wish(),
            rules=_rules(),
            now=context.now(),
            by=context.person().login,
        )
    except InvalidInputError as error:
        return _form(window_form.typed(), error=error, looked=_look()), 422
    flash(gettext("Đã thêm khung giờ; các lượt phát được xếp lại theo khung giờ này."), "success")
    return redirect(url_for("office.window", window_id=window.id), 303)


@office.post("/khung-gio/xem-truoc")
def preview_window() -> ResponseReturnValue:
    """Answer the next broadcasts of the window as typed, and what forbids it; nothing is kept."""
    looked = _look()
    if request.headers.get("HX-Request"):
        return render_template("office/window_preview.html", looked=looked)
    return _form(window_form.typed(), looked=looked)


@office.get("/khung-gio/<int:window_id>")
def window(window_id: int) -> ResponseReturnValue:
    """Show a window, its next broadcasts, and what can be changed of it."""
    found, station = _seen(window_id)
    return _shown(found, station)


@office.post("/khung-gio/<int:window_id>/ket-thuc")
def end_window(window_id: int) -> ResponseReturnValue:
    """Let the window broadcast for the last time on a day."""
    found, station = _own(window_id)
    try:
        last = _last_day()
        windows.end_window(context.session(), found, last_day=last, **_by())
    except InvalidInputError as error:
        return _shown(found, station, error), 422
    flash(
        gettext("Đã đặt ngày phát lần cuối; các lượt sau đó được xếp sang buổi khác."),
        "success",
    )
    return redirect(url_for("office.window", window_id=found.id), 303)


@office.post("/khung-gio/<int:window_id>/ngay-bo")
def leave_days_out(window_id: int) -> ResponseReturnValue:
    """Set the days that the window leaves out."""
    found, station = _own(window_id)
    try:
        days = forms.days(request.form, "exdates", what=gettext("Ngày bỏ"))
        texts = [day.isoformat() for day in days]
        windows.set_exdates(context.session(), found, texts, **_by())
    except InvalidInputError as error:
        return _shown(found, station, error), 422
    flash(gettext("Đã lưu các ngày bỏ."), "success")
    return redirect(url_for("office.window", window_id=found.id), 303)


@office.post("/khung-gio/<int:window_id>/lich")
def set_window_calendars(window_id: int) -> ResponseReturnValue:
    """Set which calendars narrow the window: holidays, exam weeks, days of mourning."""
    found, station = _own(window_id)
    try:
        windows.set_calendars(context.session(), found, calendar_names.marks(), **_by())
    except InvalidInputError as error:
        return _shown(found, station, error), 422
    flash(gettext("Đã lưu lịch của khung giờ."), "success")
    return redirect(url_for("office.window", window_id=found.id), 303)


@office.get("/khung-gio/<name>.ics")
def calendar_of_station(name: str) -> ResponseReturnValue:
    """Answer a station's windows as an iCalendar file."""
    station = machines.get(context.session(), name)
    _require_seen(station)
    text = ical.calendar_of(context.session(), station, rules=_rules(), now=context.now())
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{station.name}.ics"'
    return answer


def _last_day() -> date:
    last = forms.day(request.form, "last_day", what=gettext("Ngày cuối"))
    if last < context.today():
        raise InvalidInputError("Ngày cuối đã qua; hãy chọn từ hôm nay trở đi.", field="last_day")
    return last


def _by() -> dict[str, Any]:
    return {"rules": _rules(), "now": context.now(), "by": context.person().login}


def _rules() -> Rules:
    return Rules.of(context.house().settings)


def _station() -> Station:
    """Return the station that the form names, if the person plans for it."""
    name = forms.text(request.form, "station")
    station = next((one for one in places.seen_stations() if one.name == name), None)
    if station is None:
        raise InvalidInputError("Hãy chọn trạm.", field="station")
    places.require_plan(station.unit_id)
    return station


def _seen(window_id: int) -> tuple[Window, Station]:
    found = windows.get(context.session(), window_id)
    station = machines.get(context.session(), found.station)
    _require_seen(station)
    return found, station


def _own(window_id: int) -> tuple[Window, Station]:
    found, station = _seen(window_id)
    places.require_plan(station.unit_id)
    return found, station


def _require_seen(station: Station) -> None:
    if station.unit_id not in context.rights().unit_ids(*places.SEES):
        places.require_plan(station.unit_id)


def _standing(shown: list[Station]) -> dict[str, list[Window]]:
    """Return station → its windows that are not over, in the order of the day."""
    found = windows.windows_of(context.session(), [one.name for one in shown])
    return {
        name: sorted(
            (one for one in held if one.last_day is None or one.last_day >= context.today()),
            key=lambda one: (one.local_start, one.id),
        )
        for name, held in found.items()
    }


def _typed_days(days: list[str] | None) -> list[str]:
    """Return days as people type them."""
    return [f"{day.day}/{day.month}/{day.year}" for day in map(date.fromisoformat, days or ())]


def _words(found: Window) -> str:
    return window_words.days_words(found, calendar_names.all_names())


def _look() -> dict[str, Any]:
    """Return what the window as typed would do: its next broadcasts, its days in words, what forbids it."""
    session, now = context.session(), context.now()
    looked: dict[str, Any] = {}
    try:
        station, law = _station(), load_law(session, _rules())
        looked["unit_id"] = station.unit_id
        drafted = windows.draft_window(session, station, window_form.wish(), law, now=now)
        looked["endless"] = drafted.last_day is None
        looked["coming"] = _coming(drafted, law)
        looked["words"] = _words(drafted)
        looked["excepted"] = windows.check_place(session, station, drafted, law, now=now)
    except InvalidInputError as error:
        looked["problem"] = _problem(error)
    return looked


def _coming(found: Window, law: Law) -> list[Broadcast]:
    start = max(found.first_day, context.today())
    return windows.coming(found, law, start=start, count=NEXT)


def _problem(error: InvalidInputError) -> dict[str, Any]:
    """Return a refusal for the page, with those of other rules."""
    more = [_problem(other) for other in error.facts.get("also", ())]
    return {**refusals.told(error, window_form.field_of(error)), "also": more}


def _form(
    typed: Typed, *, error: InvalidInputError | None = None, looked: dict[str, Any] | None = None
) -> str:
    places.require_sight()
    mine = [one for one in places.seen_stations() if places.may_plan(one.unit_id)]
    return render_template(
        "office/window_form.html",
        typed=typed,
        stations=[(one.name, one.title) for one in mine],
        problem=_problem(error) if error else None,
        looked=looked,
        **window_form.lists(),
    )


def _shown(found: Window, station: Station, error: InvalidInputError | None = None) -> str:
    law = load_law(context.session(), _rules())
    return render_template(
        "office/window.html",
        window=found,
        station=station,
        words=_words(found),
        coming=_coming(found, law),
        exdates=_typed_days(found.exdates),
        rdates=_typed_days(found.rdates),
        today=context.today(),
        strays=strays(context.session(), found, rules=_rules(), now=context.now()),
        excused=[
            (one, rulebook.get(context.session(), one.rule_id))
            for one in exceptions.of_window(context.session(), found.id)
        ],
        rule_words=rule_words,
        over=found.last_day is not None and found.last_day < context.today(),
        may=places.may_plan(station.unit_id),
        typed=request.form,
        calendars=calendar_names.names(),
        marks=calendar_names.marks_sent() if error else {mark[1:]: mark[0] for mark in found.calendars or ()},
        problem=_problem(error) if error else None,
    )
