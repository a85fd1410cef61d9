"""The centre, as the station calls it: HTTP with a token, timeouts, verified TLS, no redirects."""

from __future__ import annotations

import json
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from content.contracts import lpjson
from content.contracts.instants import parse_instant
from content.errors import (
    ConflictError,
    ContractError,
    ForbiddenError,
    LoaPhuongError,
    NotFoundError,
    UnavailableError,
)

TIMEOUT = (5.0, 20.0)
LONGEST_RETRY_AFTER = 300
LARGEST_ANSWER_BYTES = 16 << 20
CHUNK_BYTES = 1 << 16
LONGEST_MESSAGE_BYTES = 4000
_TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})
AS_RUN_TYPE = "application/x-ndjson"
Trust = bool | str
"""Which authorities TLS believes: True the system's choice (or REQUESTS_CA_BUNDLE), else a file of them."""


class Bearer(requests.auth.AuthBase):
    """Sends the station's token; standing in `auth`, it also keeps a .netrc from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with the header set."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True)
class Answer:
    """What the centre says to a batch: its chain, the last sequence it holds, or where it wants to go on."""

    chain: str | None
    acknowledged: int | None
    expected: int | None = None
    fork: bool = False


class Centre:
    """The five calls of a station; every one raises UnavailableError when the centre cannot serve now."""

    def __init__(self, url: str, station: str, token: str, *, trust: Trust = True) -> None:
        self._api = f"{url}/api/v1"
        self._station = f"{self._api}/stations/{station}"
        self._auth = Bearer(token)
        self._trust = trust

    def manifest(self, generation: int | None) -> bytes | None:
        """Return the manifest's envelope, or None when it is still `generation` or there is none yet."""
        headers = {} if generation is None else {"If-None-Match": f'"{generation}"'}
        try:
            with self._call("GET", f"{self._station}/manifest", headers=headers, stream=True) as answer:
                return None if answer.status_code == HTTPStatus.NOT_MODIFIED else _whole(answer)
        except NotFoundError:
            return None

    def fetch_clip(self, sha256: str, part: Path, *, size: int) -> None:
        """Load what is missing of a clip into `part`, going on where it ends; never beyond `size` bytes."""
        have = part.stat().st_size if part.exists() else 0
        # No compression on the way: a range counts the bytes of the clip itself.
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        with self._call("GET", f"{self._api}/clips/{sha256}", headers=headers, stream=True) as answer:
            resumed = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            if resumed and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise UnavailableError("Trung tâm gửi nhầm phần của tệp {sha256}.", sha256=sha256)
            with part.open("ab" if resumed else "wb") as file:
                _pour(answer, file, room=size - have if resumed else size)

    def send_as_run(self, batch: bytes) -> Answer:
        """Post sealed lines; a 409 is an answer, not an error."""
        headers, url = {"Content-Type": AS_RUN_TYPE}, f"{self._station}/as-run"
        taken = {HTTPStatus.OK, HTTPStatus.CONFLICT}
        with self._call("POST", url, data=batch, headers=headers, taken=taken) as answer:
            said = _object(answer.content)
            conflict = answer.status_code == HTTPStatus.CONFLICT
        return Answer(
            chain=said.get("chain"),
            acknowledged=None if conflict else _number(said, "acknowledged"),
            expected=_number(said, "expected") if conflict and said.get("expected") is not None else None,
            fork=conflict and ("fork" in {said.get("error"), said.get("alarm"), said.get("code")}),
        )

    def heartbeat(self, message: dict[str, Any]) -> datetime:
        """Post a heartbeat; return the instant at which the centre says it answered."""
        with self._call("POST", f"{self._station}/heartbeat", json=message) as answer:
            return parse_instant(_object(answer.content).get("now"))

    @contextmanager
    def _call(self, method: str, url: str, **options: Any) -> Iterator[requests.Response]:
        with _request(method, url, auth=self._auth, verify=self._trust, **options) as answer:
            yield answer


def enrol(url: str, message: dict[str, Any], *, trust: Trust = True) -> Any:
    """Post an enrolment; return what the centre answers as a JSON value."""
    try:
        with _request("POST", f"{url}/api/v1/enrol", json=message, verify=trust) as answer:
            return lpjson.decode(answer.content)
    except (ForbiddenError, NotFoundError, ConflictError, ContractError) as error:
        raise ForbiddenError(
            "Chưa ghi danh được, mã có thể sai, đã dùng hoặc quá 24 giờ. {why}", why=str(error)
        ) from error


@contextmanager
def _request(
    method: str, url: str, *, taken: Collection[int] = _TAKEN, **options: Any
) -> Iterator[requests.Response]:
    try:
        headers = {"Accept": "application/json, */*;q=0.5", **options.pop("headers", {})}
        with requests.request(
            method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **options
        ) as answer:
            _check(answer, taken)
            yield answer
    except requests.exceptions.SSLError as error:
        raise untrusted(error) from error
    except requests.RequestException as error:
        raise UnavailableError("Chưa gọi được trung tâm: {why}.", why=_reason(error)) from error


def untrusted(error: BaseException) -> UnavailableError:
    """Return what to tell of a centre whose certificate does not stand; nothing was sent to it."""
    return UnavailableError(
        "Chứng chỉ TLS của trung tâm không được tin ({why}), nên trạm không gửi gì. "
        "Hãy xem lại đồng hồ của máy, tệp LOAPHUONG_CA_FILE và đường mạng.",
        why=_tls_reason(error),
    )


def _tls_reason(error: BaseException | None) -> str:
    """Return what TLS said, which requests wraps several times."""
    while error is not None:
        for inner in (error, *error.args, getattr(error, "reason", None)):
            if isinstance(inner, ssl.SSLError):
                return str(getattr(inner, "verify_message", "") or inner.reason or "TLS")
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        error = reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__
    return "TLS"


def _check(answer: requests.Response, taken: Collection[int]) -> None:
    """Raise what an answer that cannot be taken means, with the centre's own words if it has any."""
    status = answer.status_code
    if status in taken:
        return
    raise _MEANING.get(status, UnavailableError)(
        "Trung tâm trả lời {status}: {why}",
        status=status,
        why=_message(answer),
        retry_after_seconds=_retry_after(answer),
    )


def _retry_after(answer: requests.Response) -> int:
    """Return the seconds the centre asks to be left alone, 0 when it does not say."""
    said = answer.headers.get("Retry-After", "")
    return min(int(said), LONGEST_RETRY_AFTER) if said.isdecimal() else 0


def _message(answer: requests.Response) -> str:
    """Return what the centre says of a refusal; its address is told when it says nothing."""
    try:
        said = json.loads(next(answer.iter_content(LONGEST_MESSAGE_BYTES), b""))
    except ValueError:
        said = None
    told = said.get("message") if isinstance(said, dict) else None
    return str(told) if told else urlsplit(answer.url).path


def _whole(answer: requests.Response) -> bytes:
    body = b""
    for chunk in answer.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise ContractError("Bản kê phát lớn quá {limit} byte.", limit=LARGEST_ANSWER_BYTES)
    return body


def _pour(answer: requests.Response, file: Any, *, room: int) -> None:
    for chunk in answer.iter_content(CHUNK_BYTES):
        room -= len(chunk)
        if room < 0:
            raise ConflictError("Tệp phát dài hơn bản kê đã ghi.")
        file.write(chunk)


def _object(body: bytes) -> dict[str, Any]:
    said = lpjson.decode(body)
    if not isinstance(said, dict):
        raise ContractError("Trung tâm không trả lời bằng một đối tượng JSON.")
    return said


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ContractError("Trung tâm trả lời thiếu {name}.", name=name)
    return value


def _reason(error: requests.RequestException) -> str:
    """Return what went wrong without the address, which may be long, and never a header."""
    return type(error).__name__


_MEANING: dict[int, type[LoaPhuongError]] = {
    HTTPStatus.BAD_REQUEST: ContractError,
    HTTPStatus.UNAUTHORIZED: ForbiddenError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.GONE: ForbiddenError,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: ConflictError,
    HTTPStatus.UNPROCESSABLE_ENTITY: ContractError,
}
