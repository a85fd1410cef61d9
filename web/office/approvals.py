"""Approving: what waits, hearing it, approving exactly that clip, or sending back with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audio import assets
from content import bulletins as desk
from content.errors import CorruptError, InvalidInputError, NotReadyError
from content.models.bulletin import Bulletin, RevisionState
from content.models.people import Role
from web import clips, context, forms
from web.errors import message_of
from web.office.blueprint import office
from web.office.bulletins import page_of


@office.get("/cho-duyet")
def approvals() -> ResponseReturnValue:
    """List what waits for the person's decision."""
    session = context.session()
    waiting = desk.listing(
        session, context.rights().unit_ids(Role.APPROVER), state=RevisionState.SUBMITTED, limit=200
    )
    return render_template(
        "office/approvals.html",
        revisions=waiting,
        clips={revision.id: clips.state_of(session, revision) for revision in waiting},
    )


@office.post("/ban-tin/<int:bulletin_id>/duyet")
def approve_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Approve the clip that was heard."""
    session, found = context.session(), _decidable(bulletin_id)
    state = clips.state_of(session, found.latest)
    clip = state.facts
    if clip is None or state.is_open:
        raise NotReadyError("Bản thu chưa xong; hãy đợi, nghe rồi duyệt.")
    try:
        clips.require_sound(clip)
        desk.approve(
            session,
            found.latest,
            by=context.person(),
            clip=clip,
            heard_sha256=forms.text(request.form, "clip_sha256"),
            heard_ms=forms.number(request.form, "heard_ms", what=gettext("Thời gian đã nghe")),
            now=context.now(),
        )
    except (InvalidInputError, CorruptError) as error:
        flash(message_of(error), "error")
        return redirect(url_for("office.bulletin", bulletin_id=bulletin_id, _anchor="ban-thu"), 303)
    assets.take_over(session, found, by=context.person(), now=context.now(), day=context.today())
    context.afterwards(lambda: context.house().library.keep(clip.sha256))
    flash(gettext("Đã duyệt. Bản tin sẵn sàng để đặt lệnh phát và đăng tin."), "success")
    return redirect(url_for("office.bulletin", bulletin_id=bulletin_id), 303)


@office.post("/ban-tin/<int:bulletin_id>/tra-lai")
def return_bulletin(bulletin_id: int) -> ResponseReturnValue:
    """Send the bulletin back to the desk with a reason."""
    found, reason = _decidable(bulletin_id), forms.text(request.form, "reason")
    try:
        desk.send_back(context.session(), found.latest, by=context.person(), reason=reason, now=context.now())
    except InvalidInputError as error:
        return page_of(found, send_back={"reason": reason, "problem": message_of(error)}), 422
    flash(gettext("Đã trả lại cho người soạn, kèm lý do."), "success")
    return redirect(url_for("office.bulletin", bulletin_id=bulletin_id), 303)


def _decidable(bulletin_id: int) -> Bulletin:
    found = desk.get(context.session(), bulletin_id)
    context.rights().require(Role.APPROVER, found.unit_id)
    return found
