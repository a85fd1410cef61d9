"""Emergencies: calling, standing by, ending; and how far a call has come, station by station."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content import phrases
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin
from content.models.people import Role
from content.models.phrase import PhraseUse
from content.rights import CALLERS
from content.text import REASON_LIMIT
from scheduler import calls, emergencies
from scheduler.board.emergency import Picture, Step, picture_of
from scheduler.calls import Call, Checked
from scheduler.models.emergency import Emergency
from scheduler.quiet import blocked_until
from scheduler.stations import Connection, connection
from web import calling, context, forms
from web.errors import message_of
from web.live import fragment
from web.office.blueprint import office

_SEES = (*CALLERS, Role.OFFICE, Role.ADMIN, Role.OPERATOR)
_A_SECOND = timedelta(seconds=1)


@office.get("/khan-cap")
def list_emergencies() -> ResponseReturnValue:
    """Show what is being called, what one may call with, and what was called."""
    _require_sight()
    units, day = calling.units_of_stations(), context.today()
    found = [one for one in emergencies.latest(context.session()) if calling.sees(one, units)]
    return render_template(
        "office/emergencies.html",
        open=[one for one in found if one.is_open],
        past=[one for one in found if not one.is_open],
        phrases=[(one, standing_of(one.bulletin)) for one in calling.offered_phrases()],
        may_call=context.rights().holds(*CALLERS),
        may_write=bool(context.rights().units_for(Role.OFFICE, day)),
    )


@office.get("/khan-cap/nhac")
def emergency_notices() -> ResponseReturnValue:
    """Answer the banner of every page."""
    return fragment(render_template("office/emergency_notices.html", notices=calling.notices()))


@office.get("/khan-cap/phat/<int:bulletin_id>")
def new_emergency(bulletin_id: int) -> ResponseReturnValue:
    """Show the form: where, why, how often; an address may name stations and the reason beforehand."""
    typed = calling.proposal(context.now())
    return _form(_called(bulletin_id), typed | {"reason": request.args.get("ly-do", "")[:REASON_LIMIT]})


@office.post("/khan-cap/phat/<int:bulletin_id>/xem")
def look_at_emergency(bulletin_id: int) -> ResponseReturnValue:
    """Say what would happen, and ask whether it is to happen; nothing is kept."""
    found = _called(bulletin_id)
    try:
        call = calling.call_of(found)
        checked = _checked(call)
    except InvalidInputError as error:
        return _form(found, request.form, error), 422
    return render_template("office/emergency_confirm.html", **_prospect(found, call, checked))


@office.post("/khan-cap/phat/<int:bulletin_id>")
def start_emergency(bulletin_id: int) -> ResponseReturnValue:
    """Call, and sign for the stations in the same request; the form sent twice calls once."""
    found = _called(bulletin_id)
    try:
        call = calling.call_of(found)
        _checked(call)
        emergency = emergencies.request(
            context.session(), call, by=context.person(), rules=calling.rules(), now=context.now()
        )
    except InvalidInputError as error:
        return _form(found, request.form, error), 422
    if emergency.is_running:
        calling.release(emergency.stations)
    return _to(emergency)


@office.get("/khan-cap/<int:emergency_id>")
def emergency(emergency_id: int) -> ResponseReturnValue:
    """Show one emergency: who, when, what, and every station."""
    return render_template("office/emergency.html", **_state(_seen(emergency_id)))


@office.get("/khan-cap/<int:emergency_id>/dien-bien")
def live_emergency(emergency_id: int) -> ResponseReturnValue:
    """Answer the part of that page that changes by itself."""
    return fragment(render_template("office/emergency_live.html", **_state(_seen(emergency_id))))


@office.post("/khan-cap/<int:emergency_id>/bat-dau")
def confirm_emergency(emergency_id: int) -> ResponseReturnValue:
    """Start new words as the second person."""
    found = _mine(emergency_id)
    emergencies.confirm(
        context.session(), found, by=context.person(), rules=calling.rules(), now=context.now()
    )
    calling.release(found.stations)
    return _to(found)


@office.post("/khan-cap/<int:emergency_id>/dong-y")
def countersign_emergency(emergency_id: int) -> ResponseReturnValue:
    """Stand by a call as the second person."""
    found = _mine(emergency_id)
    emergencies.countersign(context.session(), found, by=context.person(), now=context.now())
    flash(gettext("Đã xác nhận lần khẩn cấp này."), "success")
    return _to(found)


@office.post("/khan-cap/<int:emergency_id>/ket-thuc")
def end_emergency(emergency_id: int) -> ResponseReturnValue:
    """End it: no more rounds, what has not sounded is called back, the all-clear if one was chosen."""
    found = _mine(emergency_id)
    try:
        told = emergencies.end(
            context.session(),
            found,
            by=context.person(),
            reason=forms.text(request.form, "reason"),
            clear_id=forms.maybe_number(request.form, "clear") or None,
            rules=calling.rules(),
            now=context.now(),
        )
    except InvalidInputError as error:
        context.session().rollback()
        problem = {"field": error.field, "message": message_of(error)}
        return render_template("office/emergency.html", **_state(_seen(emergency_id), problem)), 422
    calling.release(told)
    flash(gettext("Đã kết thúc. Trạm nào đang phát sẽ ngừng ở lần liên lạc tới."), "success")
    return _to(found)


def standing_of(bulletin: Bulletin) -> Approval | None:
    """Return the approval by which a bulletin may sound today, None when there is none."""
    return desk.standing_approvals(context.session(), [bulletin.id], context.today()).get(bulletin.id)


def _checked(call: Call) -> Checked:
    """Check a call and that the person may make it."""
    checked = calls.check(context.session(), call, calling.rules(), context.now())
    calling.require_area(checked.stations, new_words=checked.phrase is None)
    return checked


def _called(bulletin_id: int) -> Bulletin:
    """Return words to call with; ConflictError when they may not sound today."""
    if not context.rights().holds(*CALLERS, Role.OFFICE):
        context.rights().require(Role.EMERGENCY, next(iter(context.rights().tree.units)))
    found = desk.get(context.session(), bulletin_id)
    if standing_of(found) is None:
        raise ConflictError("Câu này chưa được duyệt hoặc đã hết hiệu lực nên chưa phát khẩn cấp được.")
    return found


def _require_sight() -> None:
    if not context.rights().holds(*_SEES):
        context.rights().require(Role.EMERGENCY, next(iter(context.rights().tree.units)))


def _seen(emergency_id: int) -> Emergency:
    found = emergencies.get(context.session(), emergency_id)
    if not calling.sees(found, calling.units_of_stations()):
        raise NotFoundError("Không có lần khẩn cấp số {id}.", id=emergency_id)
    return found


def _mine(emergency_id: int) -> Emergency:
    found = emergencies.get(context.session(), emergency_id)
    calling.require_emergency(found)
    return found


def _to(emergency: Emergency) -> ResponseReturnValue:
    return redirect(url_for("office.emergency", emergency_id=emergency.id), 303)


def _form(found: Bulletin, typed: Any, error: InvalidInputError | None = None) -> str:
    phrase = phrases.of_bulletin(context.session(), found.id)
    units = _units(new_words=phrase is None)
    tree = context.rights().tree
    return render_template(
        "office/emergency_form.html",
        bulletin=found,
        approval=standing_of(found),
        phrase=phrase,
        units=units,
        depth={unit_id: len(tree.path(unit_id)) for unit_id in tree.units},
        tags=calling.tags_of(units),
        stations=calling.stations_of(units),
        tree=tree,
        typed=typed,
        chosen=_chosen(),
        repeats_words=[(n, gettext("Mỗi %(n)s phút", n=n)) for n in calling.REPEATS],
        problem={"field": error.field, "message": message_of(error)} if error else None,
    )


def _chosen() -> dict[str, set[str]]:
    """Return what is ticked: what was sent, else the stations that the address names."""
    given = {name: set(request.form.getlist(name)) for name in ("units", "tags", "stations")}
    return given if request.form else given | {"stations": set(request.args.getlist("tram"))}


def _units(*, new_words: bool) -> list[Any]:
    found = {unit.id: unit for unit in calling.callable_units()}
    if new_words:
        found |= {unit.id: unit for unit in context.rights().units_for(Role.OFFICE, context.today())}
    return list(found.values())


def _prospect(found: Bulletin, call: Call, checked: Checked) -> dict[str, Any]:
    now, rules, tree = context.now(), calling.rules(), context.rights().tree
    states = {one.name: connection(one, now) for one in checked.stations}
    online = [one for one in checked.stations if states[one.name] in {Connection.ONLINE, Connection.LATE}]
    quiet = any(blocked_until(at, at + _A_SECOND, rules.quiet, rules.zone) for at in (now, checked.until))
    return {
        "bulletin": found,
        "approval": checked.approval,
        "exercise": checked.exercise,
        "call": call,
        "reason": checked.reason,
        "until": checked.until,
        "wards": sorted({tree.units[one.unit_id].name for one in checked.stations}),
        "stations": checked.stations,
        "online": online,
        "silent": [one for one in checked.stations if one not in online],
        "quiet": quiet,
        "rounds": calling.number_of_rounds(call, checked.until),
        "two": checked.phrase is None,
        "given": request.form,
        "given_phrase": checked.phrase,
    }


def _state(found: Emergency, problem: dict[str, Any] | None = None) -> dict[str, Any]:
    wanted = next((one.wanted for one in calling.notices() if one.emergency.id == found.id), None)
    may_call = _may_call(found)
    picture, approval = picture_of(context.session(), found, context.now()), standing_of(found.bulletin)
    return {
        "emergency": found,
        "picture": picture,
        "steps": Step,
        "approval": approval,
        "again_url": _again_url(found, picture) if may_call and approval is not None else None,
        "wanted": wanted or ("sign" if may_call and _late_signer(found) else None),
        "may_end": found.is_open and may_call,
        "clears": _clears(found) if found.is_running else [],
        "tree": context.rights().tree,
        "problem": problem,
    }


def _again_url(found: Emergency, picture: Picture) -> str | None:
    """Return the form of a new call at just the stations that did not sound it whole.

    A station never plays an airing twice, so that only a new call is heard there; what a person ended
    is not offered again.
    """
    names = [line.station.name for line in picture.again if line.station.retired_at is None]
    if not names or found.ended_by is not None:
        return None
    why = gettext("Phát lại lần khẩn cấp số %(id)s: %(reason)s", id=found.id, reason=found.reason)
    return url_for(
        "office.new_emergency", bulletin_id=found.bulletin_id, tram=names, **{"ly-do": why[:REASON_LIMIT]}
    )


def _late_signer(found: Emergency) -> bool:
    """Tell whether the person may still stand by a call that was reported already."""
    return found.wants_countersign and context.person().id != found.started_by


def _may_call(found: Emergency) -> bool:
    units = {one.unit_id for one in calls.still_there(context.session(), found.stations)}
    return all(context.rights().may_call(unit_id) for unit_id in units)


def _clears(found: Emergency) -> list[tuple[int, str]]:
    """Return the all-clears that may be chosen: (bulletin id, title)."""
    offered = calling.offered_phrases()
    fit = [one for one in offered if one.use == PhraseUse.ALL_CLEAR and one.exercise == found.exercise]
    return [(one.bulletin_id, one.bulletin.latest.title) for one in fit if standing_of(one.bulletin)]
