"""The desk's buttons: each gives the station one signed command, and the audit log one line that says who."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import audit
from content.contracts.airings import State
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.text import line
from scheduler import board, commands, manifests
from scheduler.models.airing import Airing
from web import context, errors
from web.notices import filing
from web.processes.releasing import terms_of
from web.ward.blueprint import ward
from web.ward.desk import picture_of
from web.ward.door import Door, enter
from web.ward.words import kind_words

REASON_LIMIT = 200
OTHER = "khac"
_SKIP_GRACE = timedelta(minutes=5)
_TEST_LIFETIME = timedelta(minutes=1)
"""Nobody wants a tone that comes when he has gone from the loudspeaker."""


@ward.post("/<slug>/tam-dung")
def pause(slug: str) -> ResponseReturnValue:
    """Pause what plays."""
    door = enter(slug)
    return _sent(door, "pause", item=_playing(door))


@ward.post("/<slug>/tiep-tuc")
def resume(slug: str) -> ResponseReturnValue:
    """Go on with what was paused."""
    door = enter(slug)
    return _sent(door, "resume", item=_playing(door))


@ward.post("/<slug>/phat/<airing_id>")
def play(slug: str, airing_id: str) -> ResponseReturnValue:
    """Call an airing of the day on air now, before its time."""
    door = enter(slug)
    airing = _of_station(door, airing_id)
    picture = picture_of(door)
    refusal = picture.not_play(airing) if picture else None
    if refusal is not None:
        raise ConflictError("Không phát ngay được “{title}”: {why}", title=airing.title, why=refusal)
    return _sent(door, "play", item=airing.id)


@ward.post("/<slug>/da-xem")
def see_notices(slug: str) -> ResponseReturnValue:
    """Mark what the desk told as seen."""
    door, session = enter(slug), context.session()
    units, by = context.rights().below(door.unit.id), context.person().login
    told = filing.unseen(session, units, context.now())
    filing.mark_seen(session, [one.id for one in told], units, by=by, now=context.now())
    return redirect(url_for("ward.desk", slug=door.unit.slug, tram=door.tram), HTTPStatus.SEE_OTHER)


@ward.post("/<slug>/dung-het")
def stop(slug: str) -> ResponseReturnValue:
    """Stop what sounds, what follows it at once, and what an emergency set aside; what comes later stays."""
    return _sent(enter(slug), "stop")


@ward.post("/<slug>/am-luong")
def volume(slug: str) -> ResponseReturnValue:
    """Set the volume."""
    value = request.form.get("value", "")
    if not (value.isascii() and value.isdecimal() and int(value[:4]) <= commands.LOUDEST):
        raise InvalidInputError("Âm lượng là số từ 0 đến 100.", field="value")
    return _sent(enter(slug), "volume", value=int(value))


@ward.post("/<slug>/thu-loa")
def test(slug: str) -> ResponseReturnValue:
    """Sound the station's own tone, when nothing sounds and no hour is quiet."""
    door = enter(slug)
    picture = picture_of(door)
    refusal = picture.refusals.get("test") if picture else None
    if refusal is not None:
        raise ConflictError("Không thử loa được: {why}", why=refusal)
    return _sent(door, "test", lifetime=_TEST_LIFETIME)


@ward.get("/<slug>/bo-qua/<airing_id>")
def ask_skip(slug: str, airing_id: str) -> ResponseReturnValue:
    """Ask why an airing is to be skipped."""
    door = enter(slug)
    return _form(door, _skippable(door, airing_id))


@ward.post("/<slug>/bo-qua/<airing_id>")
def skip(slug: str, airing_id: str) -> ResponseReturnValue:
    """Skip an airing that is coming or playing, for a reason that is kept."""
    door = enter(slug)
    airing = _skippable(door, airing_id)
    try:
        reason = _reason()
    except InvalidInputError as error:
        told = {error.field or "note": errors.message_of(error)}
        return _form(door, airing, told), HTTPStatus.UNPROCESSABLE_ENTITY
    lifetime = max(airing.not_after - context.now(), timedelta()) + _SKIP_GRACE
    return _sent(door, "skip", item=airing.id, value=reason, lifetime=lifetime)


def reasons() -> dict[str, str]:
    """Return the reasons offered, by the code that the form sends."""
    return {
        "trung": gettext("Trùng với bản tin đã phát"),
        "sai": gettext("Nội dung sai hoặc không còn đúng"),
        "su-viec": gettext("Ở phường đang có việc tang, việc họp, thi cử"),
        "ky-thuat": gettext("Loa hoặc ampli đang có sự cố"),
        "lanh-dao": gettext("Lãnh đạo phường yêu cầu"),
        OTHER: gettext("Lý do khác, ghi bên dưới"),
    }


def _reason() -> str:
    """Return the reason as it is kept: the one chosen, with the note if there is one."""
    chosen, note = request.form.get("reason", ""), request.form.get("note", "")
    known = reasons().get(chosen)
    if known is None:
        raise InvalidInputError("Hãy chọn lý do bỏ qua.", field="reason")
    if chosen == OTHER or note.strip():
        note = line(note, field="note", what=gettext("Lý do"), limit=REASON_LIMIT)
    return note if chosen == OTHER else ": ".join(filter(None, (known, note)))


def _sent(door: Door, kind: str, **order: Any) -> ResponseReturnValue:
    """Send the command, write down who did it, and lead back to the desk.

    The manifest that carries it is signed here and now: the scheduler would do so within a second, and the
    person at the desk waits for the loudspeaker.
    """
    session, station, now, by = context.session(), door.require(), context.now(), context.person().login
    command = commands.send(session, station, kind, by=by, now=now, **order)
    audit.record(
        session,
        f"ward.{kind}",
        actor=by,
        subject=f"station:{station.name}",
        now=now,
        command=command.id,
        unit=door.unit.slug,
        item=command.item,
        value=command.value,
    )
    house = context.house()
    manifests.release_at(session, [station.name], now, terms_of(house), key=house.key)
    flash(
        gettext("Đã gửi lệnh “%(order)s” tới trạm %(name)s.", order=kind_words(kind), name=station.title),
        "success",
    )
    return redirect(url_for("ward.desk", slug=door.unit.slug, tram=door.tram), HTTPStatus.SEE_OTHER)


def _playing(door: Door) -> str:
    """Return the airing the button was pressed for; ConflictError when another one plays, or none."""
    seen = request.form.get("item", "")
    playing = board.now_and_next(context.session(), door.require().name, context.now()).now
    if playing is None or playing.id != seen:
        raise ConflictError("Bài lúc bấm nút đã phát xong; hãy xem lại bàn trực rồi bấm lại.")
    return playing.id


def _of_station(door: Door, airing_id: str) -> Airing:
    airing = context.session().get(Airing, airing_id)
    if airing is None or airing.station != door.require().name:
        raise NotFoundError("Trạm này không có lượt phát đó.")
    return airing


def _skippable(door: Door, airing_id: str) -> Airing:
    airing = _of_station(door, airing_id)
    picture = picture_of(door)
    refusal = picture.not_skip(airing) if picture else None
    if refusal is not None:
        raise ConflictError("Không bỏ qua được “{title}”: {why}", title=airing.title, why=refusal)
    return airing


def _form(door: Door, airing: Airing, told: dict[str, str] | None = None) -> str:
    return render_template(
        "ward/skip.html",
        door=door,
        unit=door.unit,
        airing=airing,
        playing=airing.state == State.ON_AIR,
        reasons=reasons(),
        chosen=request.form.get("reason", ""),
        note=request.form.get("note", ""),
        errors=told or {},
    )
