"""The shapes of the station API, for its OpenAPI document.

What arrives is checked by `content.contracts`, byte by byte; these schemas only say the same to readers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import Schema
from apiflask.fields import Boolean, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range, Regexp
from flask.blueprints import BlueprintSetupState

from content.contracts.manifest import MODES

View = TypeVar("View", bound=Callable[..., Any])
LINES_TYPE = "application/x-ndjson"
_HEX_64 = Regexp(r"^[0-9a-f]{64}$")
_SLUG = Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _text(meaning: str, **more: Any) -> String:
    return String(required=True, metadata={"description": meaning}, **more)


def _number(meaning: str, **more: Any) -> Integer:
    return Integer(required=True, metadata={"description": meaning}, **more)


class ErrorShape(Schema):
    """Every error: a code that stays, and a message for people."""

    error = _text("a code that programs may rely on, such as forbidden or not_found")
    message = _text("what happened and what to do")


class ConflictShape(ErrorShape):
    """A batch that does not join: `expected` is the sequence to go on with; none with a fork."""

    expected = Integer(metadata={"description": "the sequence the centre waits for"})
    chain = String(metadata={"description": "the chain the batch belongs to"})
    alarm = String(metadata={"description": "fork, when the batch contradicts what is held"})


class EnrolIn(Schema):
    """A machine that wants to become a station."""

    code = _text("the code the office handed out", validate=Length(max=400))
    public_key = _text("the machine's Ed25519 key, 64 hex digits", validate=_HEX_64)
    host = _text("the machine's name", validate=Length(max=200))
    version = _text("the program's version", validate=Length(max=80))


class EnrolOut(Schema):
    """What the station is called, and whom it obeys from now on."""

    station = _text("the station's name", validate=_SLUG)
    token = _text("the bearer token, told this once")
    mode = _text("production or rehearsal", validate=OneOf(MODES))
    centre_keys = List(
        String(validate=_HEX_64), required=True, metadata={"description": "keys that sign manifests"}
    )
    bell_url = _text("where the station's bell rings")
    time_zone = _text("the zone of local times, as the tz database names it")


class SignatureShape(Schema):
    """One signature over the DSSE pre-authentication bytes."""

    keyid = _text("first 16 hex digits of the key's sha256")
    sig = _text("Ed25519 signature, base64")


class EnvelopeShape(Schema):
    """A signed manifest, byte for byte as it was stored."""

    payloadType = _text("application/vnd.loaphuong.manifest+json")  # noqa: N815 (DSSE names it so)
    payload = _text("base64 of the manifest in LP-JSON")
    signatures = List(Nested(SignatureShape), required=True)


class HeartbeatIn(Schema):
    """What a station says of itself every 30 s."""

    v = _number("1", validate=OneOf([1]))
    boot = _text("uuid of the program's run")
    generation = _number("the manifest it holds, 0 for none", validate=Range(min=0))
    clips_missing = List(String(validate=_HEX_64), required=True)
    playing = String(required=True, allow_none=True, metadata={"description": "airing that sounds now"})
    disk_free_bytes = _number("free bytes where clips are kept", validate=Range(min=0))
    clock_offset_ms = Integer(required=True, allow_none=True)
    clock_ok = Boolean(required=True)
    player = _text("what plays")
    version = _text("the program's version")


class HeartbeatOut(Schema):
    """The centre's time and the generation it would give."""

    now = _text("instant in UTC, 24 characters")
    generation = _number("newest manifest of this station, 0 while there is none")


class AsRunOut(Schema):
    """How far the centre holds the chain; the station may forget what lies before."""

    chain = _text("uuid of the chain")
    acknowledged = _number("last sequence held")


class TagShape(Schema):
    """The header by which a later call asks whether anything changed."""

    ETag = String(metadata={"description": "strong entity tag, for If-None-Match and If-Range"})


LINES: dict[str, Any] = {
    "type": "string",
    "description": "As-run records in LP-JSON, one a line, and the seal of the batch as the last line.",
}

UNCHANGED: dict[int | str, Any] = {304: {"description": "Nothing has changed since"}}
RANGE: dict[int | str, Any] = {
    206: {
        "description": "The part that was asked for",
        "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}
CONFLICT: dict[int | str, Any] = {
    409: {
        "description": "The batch does not join the chain, or (error fork) contradicts what is held",
        "content": {"application/json": {"schema": ConflictShape}},
    }
}


def takes(
    shape: type[Schema] | dict[str, Any], *, content_type: str = "application/json"
) -> Callable[[View], View]:
    """Name in the document the body that a view reads by itself.

    APIFlask's own `input` would parse the body before the view, and more laxly than LP-JSON allows.
    """

    def annotate(view: View) -> View:
        body = shape if isinstance(shape, dict) else shape()
        vars(view).setdefault("_spec", {}).update(body=body, content_type=content_type)
        return view

    return annotate


def errors(*statuses: int) -> dict[int | str, Any]:
    """Return the error answers of an endpoint for the document."""
    return {status: _MEANINGS[status] for status in statuses}


def use_error_shape(state: BlueprintSetupState) -> None:
    """Have the document name our shape of errors."""
    state.app.config["HTTP_ERROR_SCHEMA"] = ErrorShape


_MEANINGS = {
    400: "The message breaks the contract",
    401: "No token, or one that is not valid any more",
    403: "The token is another station's",
    404: "There is none",
    413: "The body is too large",
    416: "The range lies outside the clip",
    422: "The code is unknown, spent or too old",
    429: "Too many calls; see Retry-After",
    503: "The centre cannot serve it now; ask again later",
}
