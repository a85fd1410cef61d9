"""The log of who did what, and whether its chain is whole."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from content import audit
from content.contracts import lpjson
from content.errors import ForbiddenError
from content.models.people import Role
from web import context, forms
from web.office.blueprint import office

PAGE = 100


@office.get("/nhat-ky")
def audit_log() -> ResponseReturnValue:
    """Show the newest lines."""
    if not context.rights().holds(Role.ADMIN):
        raise ForbiddenError("Chỉ người quản trị xem được nhật ký.")
    before = request.args.get("truoc", type=forms.identifier)
    rows = audit.latest(context.session(), limit=PAGE, before=before)
    told = [(row, lpjson.decode(row.line.encode())["detail"]) for row in rows]
    checked = audit.verify(context.session()) if request.args.get("kiem") else None
    return render_template("office/audit_log.html", rows=told, verdict=checked, page=PAGE)
