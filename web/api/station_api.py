"""The calls of an enrolled station: manifest, clips, as-run, heartbeat.  Each shows its bearer token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, g, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from content.contracts import lpjson
from content.contracts.enrolment import Heartbeat
from content.contracts.instants import format_instant
from content.errors import CorruptError, ForbiddenError, NotFoundError, SignInRequiredError, UnavailableError
from scheduler import intake, stations
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.standby import Standby
from web import context
from web.api import limits, shapes, writing
from web.api.body import read_body

LARGEST_HEARTBEAT_BYTES = 1 << 19
LARGEST_BATCH_BYTES = 8 << 20
RATE = limits.Rate(burst=600, per_second=10)
FORKED = "Nhật ký mâu thuẫn với những dòng đã nhận; phần khác được giữ riêng và đã báo cho trung tâm."
_CLIP_IS_OLD = timedelta(days=2)
_USE = (
    select(Airing.id)
    .where(
        Airing.station == bindparam("b_station"),
        Airing.starts_at > bindparam("b_since"),
        Airing.clip_sha256 == bindparam("b_sha256"),
        Airing.released_generation.is_not(None),
    )
    .limit(1)
)


@dataclass(frozen=True)
class _Report:
    """A posted batch."""

    station: str
    body: bytes
    at: datetime


@dataclass(frozen=True)
class _Beat:
    """A posted heartbeat."""

    station: str
    told: Heartbeat
    at: datetime


api = APIBlueprint("station_api", __name__, tag="Station", url_prefix="/api/v1")
api.record_once(shapes.use_error_shape)
api.record_once(limits.init)
api.record_once(writing.init)


@api.before_request
def know_caller() -> None:
    """Let in only the station whose token it is; looked up before any transaction that writes begins."""
    with context.house().database.looking() as connection:
        g.station, g.newest = stations.at_the_door(connection, _token())
    if (request.view_args or {}).get("station", g.station) != g.station:
        raise ForbiddenError("Thẻ này của trạm {station}, không phải của trạm được gọi.", station=g.station)
    limits.take(f"station:{g.station}", RATE)


@api.get("/stations/<station>/manifest")
@api.output(shapes.EnvelopeShape, headers=shapes.TagShape)
@api.doc(
    summary="Fetch the newest manifest",
    operation_id="manifest",
    security="station",
    responses={**shapes.UNCHANGED, **shapes.errors(401, 403, 404, 429)},
)
def manifest(station: str) -> ResponseReturnValue:
    """Answer the envelope as it was signed; 304 while `If-None-Match` names its generation."""
    generation: int = g.newest
    if generation == 0:
        raise NotFoundError("Trạm {station} chưa có bản kê phát nào.", station=station)
    if request.if_none_match.contains_weak(str(generation)):
        return _tagged(Response(status=HTTPStatus.NOT_MODIFIED), generation)
    payload = context.session().scalar(
        select(Manifest.payload).where(Manifest.station == station, Manifest.generation == generation)
    )
    return _tagged(Response(payload, content_type="application/json"), generation)


@api.get("/clips/<sha256>")
@api.output(FileSchema(type="string", format="binary"), content_type="audio/mpeg", headers=shapes.TagShape)
@api.doc(
    summary="Fetch a clip, or a range of it",
    operation_id="clip",
    security="station",
    responses={**shapes.RANGE, **shapes.UNCHANGED, **shapes.errors(401, 403, 404, 416, 429, 503)},
)
def clip(sha256: str) -> ResponseReturnValue:
    """Answer the bytes, checked against their name, of a clip that an airing of this station needs.

    A damaged one may stand again soon, so the station is told to ask again, not that the clip is wrong.
    """
    if not _needs(g.station, sha256):
        raise NotFoundError("Không có tệp phát này trong bản kê của trạm.")
    try:
        path = context.house().library.open_clip(sha256)
    except CorruptError as error:
        raise UnavailableError(
            "Tệp phát {sha256} ở trung tâm hỏng trên đĩa và được cách ly; trạm hỏi lại sau.",
            sha256=sha256[:12],
        ) from error
    return send_file(path, mimetype="audio/mpeg", etag=sha256, conditional=True, max_age=None)


@api.post("/stations/<station>/as-run")
@shapes.takes(shapes.LINES, content_type=shapes.LINES_TYPE)
@api.output(shapes.AsRunOut)
@api.doc(
    summary="Report what happened",
    operation_id="as_run",
    security="station",
    responses={**shapes.CONFLICT, **shapes.errors(400, 401, 403, 413, 429)},
)
def as_run(station: str) -> ResponseReturnValue:
    """Take a sealed batch of records; the same batch may come again and is answered the same."""
    body = read_body(LARGEST_BATCH_BYTES)
    answer = writing.write(_taken_in, _Report(station, body, context.now()))
    if not answer.forked:
        return jsonify(answer.to_wire())
    refusal = jsonify({"error": "fork", "message": FORKED, **answer.to_wire()})
    refusal.status_code = answer.status
    return refusal


def _taken_in(session: Session, reports: Sequence[_Report]) -> list[intake.Told]:
    """Keep batches; the alarm about a gap stays although the answer is an error."""
    senders = stations.named(session, [report.station for report in reports])
    posted = [intake.Posted(senders[report.station], report.body) for report in reports]
    now = max(report.at for report in reports)
    told = intake.take_in_all(session, posted, now)
    for one, answer in zip(posted, told, strict=True):
        if isinstance(answer, intake.GapError):
            intake.report_gap(session, one.station, answer, now)
    return told


@api.post("/stations/<station>/heartbeat")
@shapes.takes(shapes.HeartbeatIn)
@api.output(shapes.HeartbeatOut)
@api.doc(
    summary="Say how the station is",
    operation_id="heartbeat",
    security="station",
    responses=shapes.errors(400, 401, 403, 413, 429),
)
def heartbeat(station: str) -> dict[str, Any]:
    """Keep what the station says of itself; answer the time and the generation to look for."""
    told = Heartbeat.from_wire(lpjson.decode(read_body(LARGEST_HEARTBEAT_BYTES)))
    writing.write(_heard, _Beat(station, told, context.now()))
    return {"now": format_instant(context.house().clock.now()), "generation": g.newest}


def _heard(session: Session, beats: Sequence[_Beat]) -> list[None]:
    """Keep what stations say of themselves."""
    senders = stations.named(session, [beat.station for beat in beats])
    for beat in beats:
        stations.take_heartbeat(session, senders[beat.station], beat.told, beat.at)
    return [None] * len(beats)


def _token() -> str:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise SignInRequiredError("Thiếu thẻ truy cập của trạm (Authorization: Bearer …).")
    return given.token


def _tagged(response: Response, generation: int) -> Response:
    response.set_etag(str(generation))
    response.headers["Cache-Control"] = "no-cache, private"
    return response


def _needs(station: str, sha256: str) -> bool:
    """Tell whether the station has use for a clip.

    An airing that was released to it, and is not long past, has it; or a phrase that may be called there.
    """
    asked = {"b_station": station, "b_sha256": sha256, "b_since": context.now() - _CLIP_IS_OLD}
    with context.house().database.looking() as connection:
        if connection.scalar(_USE, asked) is not None:
            return True
    unit_id = stations.get(context.session(), station).unit_id
    return Standby(context.session(), context.today()).holds(unit_id, sha256)
