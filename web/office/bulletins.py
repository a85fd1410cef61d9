"""Writing a bulletin: the list, the page to write on, the reading while typing, submitting, recalling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content import phrases, plans
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import Bulletin, Revision, RevisionState
from content.models.people import Role
from content.rights import CALLERS
from content.text import sha256_of
from scheduler import board, orders
from web import called_back, clips, context, forms, lexicon_scopes, recorded, spoken
from web.answers import Answers
from web.errors import message_of
from web.office import sound
from web.office.blueprint import office
from web.office.story import revision_story

PAGE = 50
_DEFAULT_VALIDITY = timedelta(days=6)
_SEES = (Role.OFFICE, Role.APPROVER, Role.EDITOR, Role.ADMIN)


@office.get("/ban-tin")
def bulletins() -> ResponseReturnValue:
    """List the bulletins of the units the person works for."""
    session, seen = context.session(), context.rights().unit_ids(*_SEES)
    state = request.args.get("trang-thai") or None
    before = request.args.get("truoc", type=forms.identifier)
    found = desk.listing(session, seen, state=state, limit=PAGE + 1, before=before)
    return render_template(
        "office/bulletins.html",
        revisions=found[:PAGE],
        more=found[PAGE - 1].bulletin_id if len(found) > PAGE else None,
        counts=desk.count_by_state(session, seen),
        state=state,
        states=list(RevisionState),
        may_write=bool(_units()),
    )


@office.get("/ban-tin/moi")
def new_bulletin() -> ResponseReturnValue:
    """Show an empty page to write on."""
    today = context.today()
    typed = {
        "programme": request.args.get("chuong-trinh", ""),
        "level": str(Level.NORMAL),
        "valid_from": today.isoformat(),
        "valid_to": (today + _DEFAULT_VALIDITY).isoformat(),
    }
    return editor(None, typed)


@office.post("/ban-tin/moi")
def create_bulletin() -> ResponseReturnValue:
    """Store what was typed as a new bulletin, and submit it when that was the button."""
    try:
        unit_id = _unit_id()
        draft = _draft(None)
        said = _spoken(draft.text, unit_id)
        bulletin = desk.create(
            context.session(),
            unit_id,
            author=context.person(),
            draft=draft,
            spoken=said.words,
            now=context.now(),
        )
        return _kept(bulletin, bulletin.latest, said)
    except InvalidInputError as error:
        return editor(None, request.form, error), 422


@office.get("/ban-tin/<int:bulletin_id>")
def bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Show one bulletin: text, spoken words, clip, orders, airings, history."""
    found = visible(bulletin_id)
    return page_of(found)


@office.get("/ban-tin/<int:bulletin_id>/sua")
def edit_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Show the latest wording to write on."""
    found = writable(bulletin_id)
    latest = found.latest
    typed = {
        "programme": str(latest.programme.code),
        "level": latest.level,
        "title": latest.title,
        "text": latest.text,
        "valid_from": latest.valid_from.isoformat(),
        "valid_to": latest.valid_to.isoformat(),
        **sound.typed_of(latest),
        **Answers.of(latest).as_fields,
    }
    return editor(found, typed)


@office.post("/ban-tin/<int:bulletin_id>/sua")
def save_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Keep what was typed, as a new revision when the last one was already submitted."""
    found = writable(bulletin_id)
    try:
        _require_unchanged(found)
        draft = _draft(found)
        said = _spoken(draft.text, found.unit_id)
        revision = desk.save(
            context.session(),
            found,
            author=context.person(),
            draft=draft,
            spoken=said.words,
            now=context.now(),
        )
        clips.withdraw(context.session(), found)
        return _kept(found, revision, said)
    except InvalidInputError as error:
        return editor(found, request.form, error), 422


@office.post("/doc-thu")
def read_aloud() -> ResponseReturnValue:
    """Answer what the text in the form will sound like: words, changed spans, warnings, length."""
    text, limit = request.form.get("text", ""), context.house().settings.text_limit
    return render_template(
        "office/reading.html",
        **_reading(request.form, forms.maybe_number(request.form, "unit")),
        too_long=len(text) > limit,
        count=len(text),
        limit=limit,
    )


@office.post("/giong-doc/noi-doc")
def voices_for_text() -> ResponseReturnValue:
    """Answer where the text in the form would go to be spoken, by whom, and who is left out."""
    return render_template(
        "office/destination.html", **_reading(request.form, forms.maybe_number(request.form, "unit"))
    )


@office.post("/ban-tin/<int:bulletin_id>/gui-duyet")
def submit_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Hand the draft to the approvers."""
    found = writable(bulletin_id)
    _submit(found.latest)
    return redirect(url_for("office.bulletin", bulletin_id=bulletin_id), 303)


@office.post("/ban-tin/<int:bulletin_id>/thu-hoi")
def recall_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """End a bulletin for good, on the air and on the site."""
    found, session, reason = writable(bulletin_id), context.session(), request.form.get("reason", "")
    try:
        desk.recall(session, found, by=context.person(), reason=reason, now=context.now())
        clips.withdraw(session, found)
        orders.recall(session, found.id, reason, context.now(), by=context.person().login)
    except InvalidInputError as error:
        return page_of(found, recall={"reason": reason, "problem": message_of(error)}), 422
    flash(gettext("Đã thu hồi. Trạm đã nhận lệnh phát sẽ gỡ ở lần liên lạc tới."), "success")
    return redirect(url_for("office.bulletin", bulletin_id=bulletin_id), 303)


def visible(bulletin_id: int) -> Bulletin:
    """Return a bulletin the person may see, or raise NotFoundError or ForbiddenError."""
    found = desk.get(context.session(), bulletin_id)
    if not any(context.rights().may(role, found.unit_id) for role in _SEES):
        context.rights().require(Role.OFFICE, found.unit_id)
    return found


def writable(bulletin_id: int) -> Bulletin:
    """Return a bulletin the person may write on, or raise NotFoundError or ForbiddenError."""
    found = desk.get(context.session(), bulletin_id)
    context.rights().require(Role.OFFICE, found.unit_id)
    return found


def _base(found: Bulletin) -> str:
    """Name the wording that an editor page starts from."""
    latest = found.latest
    parts = (latest.title, latest.text, latest.spoken, latest.level, latest.programme.code)
    days = (latest.valid_from.isoformat(), latest.valid_to.isoformat())
    sounds = tuple(sound.typed_of(latest).values())
    return f"{latest.number}-{latest.state}-{sha256_of(repr((*parts, *days, *sounds)))[:16]}"


def _require_unchanged(found: Bulletin) -> None:
    """Refuse to write over what somebody else saved since the page was opened; nothing typed is lost."""
    if found.recalled_at is None and request.form.get("base") != _base(found):
        raise InvalidInputError(
            "Trong lúc bạn sửa, {name} đã lưu bản khác của bản tin này. Lời bạn gõ còn nguyên dưới đây: "
            "mở bản kia ở thẻ khác để so, rồi lưu lại nếu muốn thay.",
            field="text",
            name=found.latest.author.name,
        )


def page_of(found: Bulletin, **more: Any) -> str:
    """Return the bulletin's page; `recall` and `send_back` {reason, problem} are what was refused."""
    rights, latest = context.rights(), found.latest
    said = spoken.say_again(context.session(), latest, rights.tree)
    placed = orders.orders_of(context.session(), found.id)
    taken_back = found.recalled_at is not None or any(order.cancelled_at for order in placed)
    return render_template(
        "office/bulletin.html",
        **sound.panel(found),
        **sound.linked(latest, said),
        steps=revision_story(context.session(), found),
        orders=placed,
        out=called_back.of_bulletin(found.id, recalled=taken_back),
        may_approve=rights.may(Role.APPROVER, found.unit_id),
        own_work=sound.is_own_work(found),
        may_post=rights.may(Role.EDITOR, found.unit_id),
        may_call=rights.holds(Role.OFFICE, *CALLERS),
        is_phrase=phrases.of_bulletin(context.session(), found.id) is not None,
        said=said,
        **more,
    )


def editor(
    found: Bulletin | None, typed: Any, error: InvalidInputError | None = None, *, action: str | None = None
) -> str:
    """Return the page to write on; `action` is where its form goes when that is not its own address."""
    _allow_microphone()
    units = [(unit.id, unit.name) for unit in _units()]
    unit_id = found.unit_id if found else forms.maybe_number(typed, "unit") or (units[0][0] if units else 0)
    programmes = plans.current(context.session()).programmes
    return render_template(
        "office/editor.html",
        **(sound.panel(found) if found else {"bulletin": None}),
        action=action,
        base=_base(found) if found else "",
        coming=board.count_coming(context.session(), found.id, context.now()) if found else 0,
        typed=typed,
        problem={"field": error.field, "message": message_of(error)} if error else None,
        programmes=[(p.code, f"{p.code} {p.short_title}") for p in programmes],
        units=units,
        unit_id=unit_id,
        scopes=lexicon_scopes.mine(),
        voices=sound.options(),
        given=recorded.usable(context.session(), typed.get("recording") or "", found),
        recording_limits=sound.recording_limits(),
        limit=context.house().settings.text_limit,
        **_reading(typed, unit_id),
    )


def _allow_microphone() -> None:
    @after_this_request
    def _told(response: Response) -> Response:
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
        return response


def _reading(typed: Any, unit_id: int) -> dict[str, Any]:
    """Return how what is typed will be said; answers that cannot be used are told and left out."""
    text, problem = typed.get("text", "")[: context.house().settings.text_limit], ""
    try:
        answers = Answers.sent(typed)
    except InvalidInputError as error:
        answers, problem = Answers(), message_of(error)
    said = _say(text, unit_id, typed.get("programme", ""), answers)
    choice = sound.choice_typed(typed, said)
    return {
        "said": said,
        "problem_of_answers": problem,
        "estimate": clips.estimated(said.reading.spoken, choice.voices, repeat=sound.repeats(typed)),
        "typed_choice": choice,
    }


def _say(text: str, unit_id: int, programme: str, answers: Answers) -> spoken.Said:
    tree = context.rights().tree
    return spoken.say(context.session(), text, tree, unit_id=unit_id, programme=programme, answers=answers)


def _units() -> list[Any]:
    return context.rights().units_for(Role.OFFICE, context.today())


def _unit_id() -> int:
    """Return the unit chosen, at which the person may write."""
    unit_id = forms.number(request.form, "unit", what=gettext("Đơn vị"))
    if unit_id not in context.rights().tree.units:
        raise InvalidInputError("Không có đơn vị đó.", field="unit")
    context.rights().require(Role.OFFICE, unit_id)
    return unit_id


def _draft(found: Bulletin | None) -> desk.Draft:
    form = request.form
    code = forms.text(form, "programme")
    programmes = {p.code: p.id for p in plans.current(context.session()).programmes}
    draft = desk.Draft(
        programme_id=programmes.get(code, 0),
        level=forms.text(form, "level"),
        title=forms.text(form, "title"),
        text=forms.text(form, "text"),
        valid_from=forms.day(form, "valid_from", what=gettext("Ngày đầu hiệu lực")),
        valid_to=forms.day(form, "valid_to", what=gettext("Ngày cuối hiệu lực")),
        **sound.sent(form),
    )
    draft = draft.checked(context.session(), text_limit=context.house().settings.text_limit)
    recorded.require_usable(context.session(), draft.recording_sha256, found)
    return draft


def _spoken(text: str, unit_id: int) -> spoken.Said:
    answers = Answers.sent(request.form)
    return _say(text, unit_id, forms.text(request.form, "programme"), answers)


def _kept(found: Bulletin, revision: Revision, said: spoken.Said) -> ResponseReturnValue:
    """Go on to the bulletin's page, its clip ordered; submit first when that was the button."""
    _tell_what_was_left_out(said)
    if request.form.get("then") == "submit":
        _submit(revision)
    else:
        flash(gettext("Đã lưu nháp."), "success")
    if request.form.get("then") == "listen":
        clips.ask(context.session(), revision)
        return redirect(url_for("office.edit_bulletin", bulletin_id=found.id, _anchor="ban-thu"), 303)
    return redirect(url_for("office.bulletin", bulletin_id=found.id), 303)


def _tell_what_was_left_out(said: spoken.Said) -> None:
    """Tell of answers that are not kept: the text has lost their place, or no voice can say them."""
    for place, words in said.lost.items():
        flash(
            gettext(
                "Đã bỏ cách đọc riêng “%(written)s” → %(spoken)s: văn bản không còn chỗ đó.",
                written=place.written,
                spoken=words,
            ),
            "warning",
        )
    for sent in said.answers.refused:
        flash(
            gettext(
                "Đã bỏ cách đọc riêng “%(written)s” → %(spoken)s. %(why)s",
                written=sent.written,
                spoken=sent.spoken,
                why=sent.why,
            ),
            "warning",
        )


def _submit(revision: Revision) -> None:
    session = context.session()
    desk.submit(session, revision, by=context.person(), now=context.now(), today=context.today())
    clips.ask(session, revision)
    flash(gettext("Đã gửi duyệt. Bản thu sẽ có sau ít giây để lãnh đạo nghe."), "success")
