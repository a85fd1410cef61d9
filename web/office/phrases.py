"""The library of emergency phrases: written and approved like any bulletin, their clips made ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content import phrases, plans
from content.contracts.airings import Level
from content.errors import ForbiddenError, InvalidInputError, NotFoundError
from content.models.bulletin import Bulletin
from content.models.people import Role
from content.models.phrase import PhraseUse
from web import calling, clips, context, forms, sounds, spoken
from web.answers import Answers
from web.errors import message_of
from web.office.blueprint import office

_VALID = timedelta(days=desk.LONGEST_VALIDITY_DAYS - 1)
_DAY_SECONDS = 86_400


@office.get("/khan-cap/cau")
def list_phrases() -> ResponseReturnValue:
    """List the phrases with their state, each with its clip to hear."""
    session, rights = context.session(), context.rights()
    found = calling.offered_phrases()
    return render_template(
        "office/phrases.html",
        lines=[(one, clips.state_of(session, one.bulletin.latest)) for one in found],
        may_write={one.unit_id for one in found if rights.may(Role.OFFICE, one.unit_id)},
        may_add=bool(rights.units_for(Role.OFFICE, context.today())),
        today=context.today(),
    )


@office.get("/khan-cap/cau/moi")
def new_phrase() -> ResponseReturnValue:
    """Show the form: whose, what for, what it says."""
    return _form({"use": str(PhraseUse.CALL)})


@office.post("/khan-cap/cau/moi")
def create_phrase() -> ResponseReturnValue:
    """Keep it as a draft at the level of emergencies, have it spoken, and go on to the editor."""
    try:
        bulletin = _create(request.form)
    except InvalidInputError as error:
        return _form(request.form, error), 422
    flash(gettext("Đã soạn. Nghe thử, rồi gửi duyệt: chỉ dùng được sau khi duyệt."), "success")
    return redirect(url_for("office.edit_bulletin", bulletin_id=bulletin.id, _anchor="ban-thu"), 303)


@office.post("/khan-cap/cau/<int:phrase_id>/go")
def retire_phrase(phrase_id: int) -> ResponseReturnValue:
    """Take a phrase out of use."""
    found = phrases.get(context.session(), phrase_id)
    context.rights().require(Role.OFFICE, found.unit_id)
    phrases.retire(context.session(), found, by=context.person(), now=context.now())
    flash(gettext("Đã gỡ; từ nay không phát khẩn cấp bằng câu này nữa."), "success")
    return redirect(url_for("office.list_phrases"), 303)


@office.get("/khan-cap/cau/<int:phrase_id>/<sha256>.mp3")
def phrase_sound(phrase_id: int, sha256: str) -> ResponseReturnValue:
    """Answer the sound of a phrase, to whoever may use it."""
    found = phrases.get(context.session(), phrase_id)
    if found.id not in {one.id for one in calling.offered_phrases()}:
        raise ForbiddenError("Câu này của đơn vị khác.")
    if not clips.belongs(context.session(), found.bulletin, sha256):
        raise NotFoundError("Câu này không có bản thu đó.")
    return sounds.send(sha256, max_age=_DAY_SECONDS)


def _create(form: forms.Form) -> Bulletin:
    session, by, now, unit_id = context.session(), context.person(), context.now(), _unit_id(form)
    programme = plans.current(session).programmes[0]
    exercise = bool(form.get("exercise"))
    draft = _draft(form, programme.id, exercise=exercise)
    said = spoken.say(
        session,
        draft.text,
        context.rights().tree,
        unit_id=unit_id,
        programme=programme.code,
        answers=Answers(),
    )
    bulletin = desk.create(session, unit_id, author=by, draft=draft, spoken=said.words, now=now)
    phrases.put(session, bulletin, use=_use(form), exercise=exercise, by=by, now=now)
    clips.ask(session, bulletin.latest)
    return bulletin


def _draft(form: forms.Form, programme_id: int, *, exercise: bool) -> desk.Draft:
    title, text = forms.text(form, "title"), forms.text(form, "text")
    if exercise and title.strip() and text.strip():
        title, text = phrases.as_exercise(title.strip(), text.strip())
    today = context.today()
    draft = desk.Draft(
        programme_id=programme_id,
        level=str(Level.EMERGENCY),
        title=title,
        text=text,
        valid_from=today,
        valid_to=today + _VALID,
    )
    return draft.checked(context.session(), text_limit=context.house().settings.text_limit)


def _unit_id(form: forms.Form) -> int:
    unit_id = forms.number(form, "unit", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit")
    context.rights().require(Role.OFFICE, unit_id)
    return unit_id


def _use(form: forms.Form) -> PhraseUse:
    try:
        return PhraseUse(forms.text(form, "use"))
    except ValueError as error:
        raise InvalidInputError("Hãy chọn câu dùng để báo hay để báo yên.", field="use") from error


def _form(typed: Any, error: InvalidInputError | None = None) -> str:
    return render_template(
        "office/phrase.html",
        typed=typed,
        units=[(unit.id, unit.name) for unit in context.rights().units_for(Role.OFFICE, context.today())],
        problem={"field": error.field, "message": message_of(error)} if error else None,
    )
