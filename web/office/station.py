"""One station: how its machine is, what it played, its ledgers, its alarms; and taking it out of use."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from content import audit
from content.contracts.signing import PublicKey
from content.errors import ConflictError, ForbiddenError
from content.models.people import Role
from scheduler import board
from scheduler import stations as machines
from scheduler.ledger import export
from scheduler.models.airing import Airing
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import ChainHead, Fork
from scheduler.models.station import Station
from web import context
from web.live import fragment
from web.office.blueprint import office
from web.office.stations import require_keeper
from web.ward.words import programme_words

AIRINGS, ALARMS = 20, 30
KEPT_IN_MEMORY = 1 << 20
READERS = (Role.OFFICE, Role.APPROVER, Role.OPERATOR, Role.ADMIN)
"""Who may take a station's ledger home."""


@office.get("/tram/<name>")
def station(name: str) -> ResponseReturnValue:
    """Show a station."""
    return render_template("office/station.html", **_shown(_seen(name)))


@office.get("/tram/<name>/live")
def station_live(name: str) -> ResponseReturnValue:
    """Answer the part of the page that changes by itself."""
    return fragment(render_template("office/station_live.html", **_shown(_seen(name))))


@office.post("/tram/<name>/ngung")
def retire_station(name: str) -> ResponseReturnValue:
    """Take a station out of use, once its name was typed."""
    found = _seen(name)
    require_keeper(found.unit_id)
    if found.retired_at is not None:
        raise ConflictError("Trạm {title} đã ngừng dùng.", title=found.title)
    if request.form.get("name", "").strip() != found.name:
        raise ConflictError("Gõ đúng tên máy {name} để ngừng dùng trạm.", name=found.name)
    machines.retire(context.session(), found, by=context.person().login, now=context.now())
    flash(gettext("Đã ngừng dùng trạm %(name)s.", name=found.title), "success")
    return redirect(url_for("office.stations"), 303)


@office.post("/tram/<name>/so-ghi-chep")
def download_ledger(name: str) -> Response:
    """Hand out the very lines the station posted, as `loaphuong ledger export` does."""
    found, session, house = _seen(name), context.session(), context.house()
    role = next((role for role in READERS if context.rights().may(role, found.unit_id)), Role.OFFICE)
    context.rights().require(role, found.unit_id)
    if session.scalar(select(ChainHead.chain).where(ChainHead.station == found.name).limit(1)) is None:
        raise ConflictError("Trạm {title} chưa gửi dòng ghi chép nào.", title=found.title)
    file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (closed when it has been sent)
    lines = sum(file.write(line) > 0 for line in export(session, found))
    by, now = context.person().login, context.now()
    session.commit()
    with house.database.writing() as kept:
        # Not about the station itself: what is planned for it stays.
        subject = f"ledger:{found.name}"
        audit.record(kept, "station.ledger", actor=by, subject=subject, now=now, lines=lines)
    file.seek(0)
    title = f"so-ghi-chep-{found.name}-{house.local(now):%Y%m%d-%H%M}.jsonl"
    return send_file(file, "application/x-ndjson", as_attachment=True, download_name=title)


def _seen(name: str) -> Station:
    found = machines.get(context.session(), name)
    if found.unit_id not in context.rights().unit_ids(*Role):
        raise ForbiddenError("Trạm này của đơn vị khác.")
    return found


def _shown(found: Station) -> dict[str, Any]:
    session, now, rights = context.session(), context.now(), context.rights()
    of_it = Airing.station == found.name
    past = select(Airing).where(of_it, Airing.starts_at <= now).order_by(Airing.starts_at.desc(), Airing.id)
    alarms = select(Alarm).where(Alarm.station == found.name).order_by(Alarm.id.desc())
    chains = select(ChainHead).where(ChainHead.station == found.name).order_by(ChainHead.opened_at.desc())
    forks = select(func.count()).select_from(Fork).where(Fork.station == found.name)
    return {
        "station": found,
        "unit": rights.tree.units[found.unit_id],
        "line": next(iter(board.stations_overview(session, now, [found.name])), None),
        "hours_held": programme_words,
        "keyid": PublicKey.from_hex(found.public_key).keyid if found.public_key else None,
        "airings": session.scalars(past.limit(AIRINGS)).all(),
        "alarms": session.scalars(alarms.limit(ALARMS)).all(),
        "chains": session.scalars(chains).all(),
        "forks": session.scalar(forks) or 0,
        "may_keep": any(rights.may(role, found.unit_id) for role in (Role.ADMIN, Role.OFFICE)),
        "may_read": any(rights.may(role, found.unit_id) for role in READERS),
        "may_play": any(rights.may(role, found.unit_id) for role in (Role.OPERATOR, Role.OFFICE)),
    }
