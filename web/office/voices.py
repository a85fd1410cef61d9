"""The voices: in which order they are tried, which can speak now, where words go, and a sample of each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from audio.models import Clip
from audio.recipe import Recipe
from audio.voices.registry import others
from audio.voices.status import VoiceStatus, voices_status
from content.errors import ForbiddenError, NotFoundError
from content.models.people import Role
from web import clips, context, live, sounds
from web.office.blueprint import office

SAMPLE = (
    "Loa phường xin thông báo: sáng thứ bảy, bà con ra quân tổng vệ sinh từ bảy giờ ba mươi phút. "
    "Mời mỗi gia đình cử một người tham gia."
)
"""What every voice says to be compared; it names nobody."""
_SEES = (Role.OFFICE, Role.APPROVER, Role.ADMIN)
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Line:
    """One voice on the page: how it stands, its sample, and the last clip that it spoke (None: none yet)."""

    status: VoiceStatus
    sample: clips.ClipState
    last_clip: Clip | None


@office.get("/giong-doc")
def voices() -> ResponseReturnValue:
    """List the voices in the order in which they are tried."""
    _require_desk()
    return render_template("office/voices.html", **_listed())


@office.get("/giong-doc/danh-sach")
def voice_list() -> ResponseReturnValue:
    """Answer the part of the page that changes by itself."""
    _require_desk()
    return live.fragment(render_template("office/voice_list.html", **_listed()))


@office.post("/giong-doc/<voice>/thu")
def try_voice(voice: str) -> ResponseReturnValue:
    """Have the sample spoken by this voice alone."""
    _require_desk()
    clips.order(context.session(), _recipe(context.house().voices.get(voice).name))
    return redirect(url_for("office.voices", _anchor=f"giong-{voice}"), 303)


@office.get("/giong-doc/<voice>/<sha256>.mp3")
def sample_sound(voice: str, sha256: str) -> ResponseReturnValue:
    """Answer the sound of a voice's sample."""
    _require_desk()
    facts = clips.state_by(context.session(), _recipe(voice)).facts
    if facts is None or facts.sha256 != sha256:
        raise NotFoundError("Không có mẫu giọng này.")
    return sounds.send(sha256, max_age=_DAY_SECONDS)


def _listed() -> dict[str, object]:
    found = context.house().voices
    lines = [_line(status) for status in voices_status(found)]
    return {
        "lines": lines,
        "order": found.names,
        "others": others(found),
        "sample": SAMPLE,
        "next_seconds": 1 if any(line.sample.is_open for line in lines) else 10,
    }


def _line(status: VoiceStatus) -> Line:
    session = context.session()
    last = select(func.max(Clip.created_at)).where(Clip.voice == status.name).scalar_subquery()
    spoke = select(Clip).where(Clip.voice == status.name, Clip.created_at == last).limit(1)
    return Line(status, clips.state_by(session, _recipe(status.name)), session.scalars(spoke).first())


def _recipe(voice: str) -> Recipe:
    horn = context.house().settings.horn_eq
    return Recipe.of(SAMPLE, title="Thử giọng", programme=None, voices=(voice,), horn=horn)


def _require_desk() -> None:
    if not context.rights().holds(*_SEES):
        raise ForbiddenError("Trang giọng đọc dành cho người soạn, người duyệt và quản trị.")
