"""Hearing in the page: asking for a clip, watching it being made, its sound; other voices."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content.errors import InvalidInputError, NotFoundError
from content.models.bulletin import Bulletin
from content.models.people import Role
from web import clips, context, live, redoing, sounds, stretches
from web.errors import message_of
from web.office.blueprint import office
from web.office.bulletins import visible
from web.office.sound import panel

_DAY_SECONDS = 86_400


@office.post("/ban-tin/<int:bulletin_id>/nghe")
def hear_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Have the latest wording rendered."""
    found = visible(bulletin_id)
    clips.ask(context.session(), found.latest)
    return _back(found)


@office.post("/ban-tin/<int:bulletin_id>/ban-thu/thoi")
def cancel_clip(bulletin_id: int) -> ResponseReturnValue:
    """End the work on the clip."""
    found = visible(bulletin_id)
    clips.cancel(context.session(), clips.state_of(context.session(), found.latest))
    flash(gettext("Đã thôi dựng tiếng."), "success")
    return _back(found)


@office.post("/ban-tin/<int:bulletin_id>/lam-lai")
def redo_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Submit the same words anew, because the approved clip is lost: other bytes need another approval."""
    found, session = visible(bulletin_id), context.session()
    context.rights().require(Role.OFFICE, found.unit_id)
    try:
        revision = redoing.again(session, found, by=context.person(), now=context.now())
        desk.submit(session, revision, by=context.person(), now=context.now(), today=context.today())
    except InvalidInputError as error:
        flash(message_of(error), "error")
        return _back(found)
    clips.ask(session, revision)
    flash(gettext("Đã làm lại với đúng lời cũ và gửi duyệt. Lãnh đạo nghe rồi duyệt lại."), "success")
    return _back(found)


@office.get("/ban-tin/<int:bulletin_id>/ban-thu")
def clip_of_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Answer the part of the page that tells how far the clip is."""
    found = visible(bulletin_id)
    editing = "sua" in request.args
    return live.fragment(render_template("office/clip.html", **panel(found), editing=editing))


@office.get("/ban-tin/<int:bulletin_id>/ban-thu/<sha256>.mp3")
def clip_sound(bulletin_id: int, sha256: str) -> ResponseReturnValue:
    """Answer the sound of one of the bulletin's clips."""
    found = visible(bulletin_id)
    if not clips.belongs(context.session(), found, sha256):
        raise NotFoundError("Bản tin này không có bản thu đó.")
    return sounds.send(sha256, max_age=_DAY_SECONDS)


@office.get("/ban-tin/<int:bulletin_id>/so-giong")
def compare_voices(bulletin_id: int) -> ResponseReturnValue:
    """Show the same words in each voice that may have them, side by side."""
    found = visible(bulletin_id)
    return render_template("office/compare.html", **_compared(found))


@office.get("/ban-tin/<int:bulletin_id>/so-giong/cac-giong")
def compared_voices(bulletin_id: int) -> ResponseReturnValue:
    """Answer the part of that page that tells how far each clip is."""
    found = visible(bulletin_id)
    return live.fragment(render_template("office/compared.html", **_compared(found)))


@office.post("/ban-tin/<int:bulletin_id>/so-giong")
def hear_voices(bulletin_id: int) -> ResponseReturnValue:
    """Have the words spoken by every voice that may have them, each alone."""
    found, session = visible(bulletin_id), context.session()
    for voice, state in clips.by_voice(session, found.latest).items():
        if state.state != "ready":
            clips.order(session, clips.recipe_alone(session, found.latest, voice))
    return redirect(url_for("office.compare_voices", bulletin_id=found.id), 303)


@office.post("/ban-tin/<int:bulletin_id>/so-giong/<voice>")
def hear_voice(bulletin_id: int, voice: str) -> ResponseReturnValue:
    """Have the words spoken by this voice alone."""
    found, session = visible(bulletin_id), context.session()
    clips.order(session, clips.recipe_alone(session, found.latest, voice))
    return redirect(url_for("office.compare_voices", bulletin_id=found.id, _anchor=f"giong-{voice}"), 303)


@office.post("/ban-tin/<int:bulletin_id>/giong")
def choose_voice(bulletin_id: int) -> ResponseReturnValue:
    """Let this voice speak the bulletin: in the draft, or in a new wording of what was submitted already."""
    found, session = visible(bulletin_id), context.session()
    context.rights().require(Role.OFFICE, found.unit_id)
    voice = context.house().voices.get(request.form.get("voice", "")).name
    revision = redoing.again(session, found, by=context.person(), now=context.now(), voice=voice)
    clips.withdraw(session, found)
    clips.ask(session, revision)
    flash(gettext("Đã chọn giọng %(voice)s cho bản tin này.", voice=clips.title_of(voice)), "success")
    return _back(found)


def _compared(found: Bulletin) -> dict[str, object]:
    states, told = clips.by_voice(context.session(), found.latest), panel(found)
    facts = told["clip"].facts
    return {
        **told,
        "used": facts.voice if facts else None,
        "states": states,
        "voices": context.house().voices.in_order(list(states)),
        "pending": any(state.is_open for state in states.values()),
        "spoken_words": stretches.of_spoken(found.latest.spoken),
    }


def _back(found: Bulletin) -> ResponseReturnValue:
    """Go back to where the button was pressed: the editor, or the bulletin's page."""
    endpoint = "office.edit_bulletin" if request.form.get("back") == "editor" else "office.bulletin"
    return redirect(url_for(endpoint, bulletin_id=found.id, _anchor="ban-thu"), 303)
