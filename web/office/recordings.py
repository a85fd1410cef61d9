"""Recorded voice in the editor: taking an upload, or what the browser recorded, and letting it be heard."""

from __future__ import annotations

from flask import Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from audio.models import Recording
from audio.recordings import keeping
from audio.recordings.sniffing import KINDS
from content import audit
from content.errors import ForbiddenError, InvalidInputError
from content.models.bulletin import Bulletin
from content.models.people import Role
from web import context, recorded
from web.office import bulletins
from web.office.blueprint import office

_DAY_SECONDS = 86_400


@office.post("/thu-am")
def upload_recording() -> ResponseReturnValue:
    """Take a recording that a script sends; answer the part of the page that lets it be heard and used."""
    _require_writer()
    return render_template("office/recorded.html", given=_taken(), candidate=True, bulletin=None)


@office.post("/ban-tin/moi/thu-am")
def record_for_new() -> ResponseReturnValue:
    """Take, or drop, a recording sent with the whole form of a new bulletin; nothing typed is lost."""
    _require_writer()
    return _editor_with(None, url_for("office.create_bulletin"))


@office.post("/ban-tin/<int:bulletin_id>/thu-am")
def record_for_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Take, or drop, a recording sent with the whole form of a bulletin; nothing typed is lost."""
    found = bulletins.writable(bulletin_id)
    return _editor_with(found, url_for("office.save_bulletin", bulletin_id=bulletin_id))


@office.get("/thu-am/<sha256>")
def recording_sound(sha256: str) -> ResponseReturnValue:
    """Answer a recording as it was given, to who gave it or sees a bulletin of it."""
    recording = recorded.audible(context.session(), sha256)
    path = context.house().recordings.open(sha256)
    media_type = KINDS[recording.media].media_type
    response: Response = send_file(
        path.absolute(), media_type, etag=sha256, conditional=True, max_age=_DAY_SECONDS
    )
    response.cache_control.public, response.cache_control.private = False, True
    return response


def _editor_with(found: Bulletin | None, action: str) -> ResponseReturnValue:
    """Show the editor as it was typed, with the recording that came, or without the one that goes."""
    typed = request.form.copy()
    try:
        typed["recording"] = "" if "drop" in typed else _taken().sha256
    except InvalidInputError as error:
        return bulletins.editor(found, typed, error, action=action), 422
    return bulletins.editor(found, typed, action=action)


def _taken() -> Recording:
    """Check and keep the file sent.  That takes long, so no transaction is open meanwhile."""
    given = request.files.get("sound")
    if given is None or not given.filename:
        raise InvalidInputError("Chưa chọn tệp nào. Hãy chọn một tệp âm thanh rồi tải lên.", field="sound")
    house, person, now = context.house(), context.person(), context.now()
    context.session().commit()
    taken = house.recordings.take(given.stream)
    with house.database.writing() as session:
        noted = keeping.note(session, taken, by=person.id, name=given.filename, now=now)
        facts = {"bytes": taken.bytes, "media": taken.media.name, "duration_ms": taken.heard.duration_ms}
        audit.record(
            session, "recording.upload", actor=person.login, subject=f"recording:{noted.id}", now=now,
            sha256=taken.sha256, **facts,
        )  # fmt: skip
    return recorded.audible(context.session(), taken.sha256)


def _require_writer() -> None:
    if not context.rights().units_for(Role.OFFICE, context.today()):
        raise ForbiddenError("Bạn không soạn bản tin ở đơn vị nào nên không tải bản thu lên được.")
