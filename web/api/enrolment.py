"""`POST /api/v1/enrol`: a machine with a code becomes a station."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request

from content.contracts import fields, lpjson
from content.contracts.enrolment import EnrolAnswer, EnrolRequest
from scheduler import stations
from web import context
from web.api import limits, shapes
from web.api.body import read_body

LARGEST_BYTES = 8_192
RATE = limits.Rate(burst=20, per_second=0.2)
_NAMES = frozenset({"code", "public_key", "host", "version"})

api = APIBlueprint("enrolment", __name__, tag="Enrolment")
api.record_once(shapes.use_error_shape)
api.record_once(limits.init)


@api.post("/api/v1/enrol")
@shapes.takes(shapes.EnrolIn)
@api.output(shapes.EnrolOut, 201)
@api.doc(summary="Enrol a machine", operation_id="enrol", responses=shapes.errors(400, 413, 422, 429))
def enrol() -> dict[str, Any]:
    """Spend a code: the machine's key is kept, its token is told this once."""
    limits.take(f"enrol:{request.remote_addr}", RATE)
    asked = _read(read_body(LARGEST_BYTES))
    settings = context.house().settings
    station, token = stations.enrol(context.session(), asked, mode=settings.mode, now=context.now())
    answer = EnrolAnswer(
        station=station.name,
        token=token,
        mode=settings.mode,
        centre_keys=(context.house().key.public.raw.hex(),),
        bell_url=f"{settings.url_of_bell}/bell/{station.name}",
        time_zone=settings.time_zone,
    )
    return answer.to_wire()


def _read(body: bytes) -> EnrolRequest:
    given = fields.exact_keys(lpjson.decode(body), _NAMES, "Yêu cầu ghi danh")
    return EnrolRequest(**{name: _text(given, name) for name in _NAMES})


def _text(given: dict[str, Any], name: str) -> str:
    return fields.typed(given, name, str)
