"""Hearing in the page: asking for a clip, watching it being made, and its sound."""

from __future__ import annotations

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from content import bulletins as desk
from content.errors import NotFoundError
from content.models.bulletin import RevisionState
from content.models.people import Role
from web import clips, context
from web.office.blueprint import office
from web.office.bulletins import visible


@office.post("/ban-tin/<int:bulletin_id>/nghe")
def hear_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Have the latest wording rendered."""
    found = visible(bulletin_id)
    clips.ask(context.session(), found.latest)
    return redirect(url_for("office.bulletin", bulletin_id=bulletin_id, _anchor="ban-thu"), 303)


@office.get("/ban-tin/<int:bulletin_id>/ban-thu")
def clip_of_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Answer the part of the page that tells how far the clip is."""
    found = visible(bulletin_id)
    rights = context.rights()
    return render_template(
        "office/clip.html",
        bulletin=found,
        revision=found.latest,
        clip=clips.state_of(context.session(), found.latest),
        deciding=found.latest.state == RevisionState.SUBMITTED
        and rights.may(Role.APPROVER, found.unit_id)
        and not (
            context.person().id in desk.authors_of(context.session(), found.id)
            and not found.unit.self_approval
        ),
    )


@office.get("/ban-tin/<int:bulletin_id>/ban-thu/<sha256>.mp3")
def clip_sound(bulletin_id: int, sha256: str) -> ResponseReturnValue:
    """Answer the sound of one of the bulletin's clips."""
    found = visible(bulletin_id)
    if not clips.belongs(context.session(), found, sha256):
        raise NotFoundError("Bản tin này không có bản thu đó.")
    path = context.house().library.open_clip(sha256)
    return send_file(path, mimetype="audio/mpeg", conditional=True, etag=sha256, max_age=86400)
