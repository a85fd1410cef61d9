"""Openings and closings: the spoken idents of a unit's programmes, written and approved like any bulletin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audio import assets
from audio.models import Asset, AssetRole
from content import bulletins as desk
from content import plans
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import Bulletin, BulletinKind
from content.models.people import Role
from content.models.plan import Programme
from web import clips, context, forms, spoken
from web.answers import Answers
from web.errors import message_of
from web.office.blueprint import office

_VALID = timedelta(days=desk.LONGEST_VALIDITY_DAYS - 1)
_SEES = (Role.OFFICE, Role.APPROVER, Role.ADMIN)


@office.get("/nhac-hieu")
def idents() -> ResponseReturnValue:
    """List what opens and closes the broadcasts of the units the person works for."""
    session, rights = context.session(), context.rights()
    found = assets.listing(session, rights.unit_ids(*_SEES))
    return render_template(
        "office/idents.html",
        lines=[(asset, clips.state_of(session, asset.bulletin.latest)) for asset in found],
        programmes={p.id: p for p in _programmes()},
        may_write={asset.unit_id for asset in found if rights.may(Role.OFFICE, asset.unit_id)},
        may_add=bool(rights.units_for(Role.OFFICE, context.today())),
        today=context.today(),
    )


@office.get("/nhac-hieu/moi")
def new_ident() -> ResponseReturnValue:
    """Show the form: whose, where in the broadcast, for which programme, what it says."""
    return _form({"role": request.args.get("vai", str(AssetRole.OPENING))})


@office.post("/nhac-hieu/moi")
def create_ident() -> ResponseReturnValue:
    """Keep it as a draft bulletin of its own kind, and go on to the editor; once approved it takes over."""
    try:
        bulletin = _create(request.form)
    except InvalidInputError as error:
        return _form(request.form, error), 422
    flash(gettext("Đã soạn. Nghe thử, rồi gửi duyệt: chỉ dùng sau khi được duyệt."), "success")
    return redirect(url_for("office.edit_bulletin", bulletin_id=bulletin.id, _anchor="ban-thu"), 303)


@office.post("/nhac-hieu/<int:asset_id>/go")
def retire_ident(asset_id: int) -> ResponseReturnValue:
    """End an opening or closing; what aired stays."""
    asset = assets.get(context.session(), asset_id)
    context.rights().require(Role.OFFICE, asset.unit_id)
    assets.retire(context.session(), asset, by=context.person(), now=context.now())
    flash(gettext("Đã gỡ; các buổi phát từ nay không dùng nữa."), "success")
    return redirect(url_for("office.idents"), 303)


def ident_of(found: Bulletin) -> Asset | None:
    """Return what an ident bulletin opens or closes, None for any other bulletin."""
    if found.kind != BulletinKind.IDENT:
        return None
    standing = assets.listing(context.session(), [found.unit_id])
    return next((asset for asset in standing if asset.bulletin_id == found.id), None)


def _create(form: forms.Form) -> Bulletin:
    session, by, now = context.session(), context.person(), context.now()
    unit_id, role, programme = _unit_id(form), _role(form), _programme(form)
    draft = _draft(form, programme)
    said = spoken.say(
        session,
        draft.text,
        context.rights().tree,
        unit_id=unit_id,
        programme=programme.code if programme else "",
        answers=Answers(),
    )
    bulletin = desk.create(
        session, unit_id, author=by, draft=draft, spoken=said.words, now=now, kind=BulletinKind.IDENT
    )
    assets.put(session, bulletin, role=role, programme_id=programme.id if programme else None, by=by, now=now)
    clips.ask(session, bulletin.latest)
    return bulletin


def _draft(form: forms.Form, programme: Programme | None) -> desk.Draft:
    """Return the draft; one for all programmes is kept under the first, for every bulletin has one."""
    today = context.today()
    draft = desk.Draft(
        programme_id=(programme or _programmes()[0]).id,
        level=str(Level.NORMAL),
        title=forms.text(form, "title"),
        text=forms.text(form, "text"),
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


def _role(form: forms.Form) -> AssetRole:
    try:
        return AssetRole(forms.text(form, "role"))
    except ValueError as error:
        raise InvalidInputError("Hãy chọn mở đầu hay kết thúc.", field="role") from error


def _programme(form: forms.Form) -> Programme | None:
    code = forms.text(form, "programme")
    found = next((p for p in _programmes() if p.code == code), None)
    if code and found is None:
        raise InvalidInputError("Hãy chọn một chương trình.", field="programme")
    return found


def _programmes() -> list[Programme]:
    return list(plans.current(context.session()).programmes)


def _form(typed: Any, error: InvalidInputError | None = None) -> str:
    return render_template(
        "office/ident.html",
        typed=typed,
        units=[(unit.id, unit.name) for unit in context.rights().units_for(Role.OFFICE, context.today())],
        programmes=[(p.code, f"{p.code} {p.short_title}") for p in _programmes()],
        problem={"field": error.field, "message": message_of(error)} if error else None,
    )
