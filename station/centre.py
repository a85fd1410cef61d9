"""The centre, as the station calls it: HTTP with a token, timeouts, verified TLS, no redirects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from content.contracts import lpjson
from content.contracts.instants import parse_instant
from content.errors import ConflictError, ContractError, ForbiddenError, NotFoundError, UnavailableError

TIMEOUT = (5.0, 20.0)
LARGEST_ANSWER_BYTES = 16 << 20
CHUNK_BYTES = 1 << 16
AS_RUN_TYPE = "application/x-ndjson"


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

    def __init__(self, url: str, station: str, token: str) -> None:
        self._api = f"{url}/api/v1"
        self._station = f"{self._api}/stations/{station}"
        self._auth = Bearer(token)

    def manifest(self, generation: int | None) -> bytes | None:
        """Return the manifest's envelope, or None when it is still `generation`."""
        headers = {} if generation is None else {"If-None-Match": f'"{generation}"'}
        with self._call("GET", f"{self._station}/manifest", headers=headers, stream=True) as answer:
            if answer.status_code == HTTPStatus.NOT_MODIFIED:
                return None
            return _whole(answer)

    def fetch_clip(self, sha256: str, part: Path, *, size: int) -> None:
        """Load what is missing of a clip into `part`, going on where it ends; never beyond `size` bytes."""
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._call("GET", f"{self._api}/clips/{sha256}", headers=headers, stream=True) as answer:
            resumed = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            if resumed and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise UnavailableError("Trung tâm gửi nhầm phần của tệp {sha256}.", sha256=sha256)
            with part.open("ab" if resumed else "wb") as file:
                _pour(answer, file, room=size - have if resumed else size)

    def send_as_run(self, batch: bytes) -> Answer:
        """Post sealed lines; a 409 is an answer, not an error."""
        headers = {"Content-Type": AS_RUN_TYPE}
        with self._call("POST", f"{self._station}/as-run", data=batch, headers=headers) as answer:
            said = _object(answer.content)
            conflict = answer.status_code == HTTPStatus.CONFLICT
        return Answer(
            chain=said.get("chain"),
            acknowledged=None if conflict else _number(said, "acknowledged"),
            expected=_number(said, "expected") if conflict and said.get("expected") is not None else None,
            fork=conflict and ("fork" in {said.get("error"), said.get("alarm"), said.get("code")}),
        )

    def heartbeat(self, message: dict[str, Any]) -> Any:
        """Post a heartbeat; return the instant at which the centre says it answered."""
        with self._call("POST", f"{self._station}/heartbeat", json=message) as answer:
            return parse_instant(_object(answer.content).get("now"))

    @contextmanager
    def _call(self, method: str, url: str, **options: Any) -> Iterator[requests.Response]:
        with _request(method, url, auth=self._auth, **options) as answer:
            yield answer


def enrol(url: str, message: dict[str, Any]) -> Any:
    """Post an enrolment; return what the centre answers as a JSON value."""
    try:
        with _request("POST", f"{url}/api/v1/enrol", json=message) as answer:
            return lpjson.decode(answer.content)
    except (ForbiddenError, NotFoundError, ConflictError) as error:
        raise ForbiddenError(
            "Trung tâm không nhận mã ghi danh này (sai, đã dùng hoặc quá 24 giờ); hãy xin mã mới."
        ) from error


@contextmanager
def _request(method: str, url: str, **options: Any) -> Iterator[requests.Response]:
    try:
        with requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **options) as answer:
            _check(answer)
            yield answer
    except requests.RequestException as error:
        raise UnavailableError("Chưa gọi được trung tâm: {why}.", why=_reason(error)) from error


def _check(answer: requests.Response) -> None:
    status = answer.status_code
    if status in {HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise ConflictError("Trung tâm không nhận yêu cầu ({status}).", status=status)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE, HTTPStatus.BAD_REQUEST}:
        raise ForbiddenError("Trung tâm từ chối ({status}): mã hoặc thẻ không còn hiệu lực.", status=status)
    if status == HTTPStatus.NOT_FOUND:
        raise NotFoundError("Trung tâm không có {path}.", path=urlsplit(answer.url).path)
    if status not in _TAKEN:
        raise UnavailableError("Trung tâm trả lời {status}.", status=status)


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


_TAKEN = frozenset(
    {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED}
    | {HTTPStatus.CONFLICT}
)
