"""The local page's server: standard library, one thread, this machine only."""

from __future__ import annotations

import hmac
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

from content.clock import Clock
from content.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LoaPhuongError,
    NotFoundError,
    SignInRequiredError,
    ThrottledError,
)
from station.desk import pages
from station.desk.desk import Desk
from station.desk.lock import SESSION_SECONDS, Lock

HOST = "127.0.0.1"
COOKIE = "loaphuong-desk"
TOKEN_HEADER = "X-Loaphuong-Token"  # noqa: S105 (the name of a header)
LARGEST_BODY_BYTES = 4096
AGAIN_SECONDS = 30.0
_SECONDS_FOR_A_REQUEST = 10
_STATUS: dict[type[LoaPhuongError], HTTPStatus] = {
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    SignInRequiredError: HTTPStatus.UNAUTHORIZED,
    ThrottledError: HTTPStatus.TOO_MANY_REQUESTS,
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Headers = tuple[tuple[str, str], ...]

log = logging.getLogger("station")


@dataclass(frozen=True)
class Reply:
    """An answer: `headers` beside those that every answer carries."""

    body: bytes = b""
    kind: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK
    headers: Headers = ()

    @classmethod
    def of(cls, message: dict[str, Any], status: HTTPStatus = HTTPStatus.OK, headers: Headers = ()) -> Reply:
        """Return a JSON answer."""
        return cls(json.dumps(message, ensure_ascii=False).encode(), status=status, headers=headers)

    @classmethod
    def page(cls, body: bytes, status: HTTPStatus = HTTPStatus.OK, headers: Headers = ()) -> Reply:
        """Return a page."""
        return cls(body, "text/html; charset=utf-8", status, headers)

    @classmethod
    def to(cls, path: str, *cookies: str) -> Reply:
        """Send the browser on to `path`."""
        headers = (("Location", path), *(("Set-Cookie", cookie) for cookie in cookies))
        return cls(status=HTTPStatus.SEE_OTHER, headers=headers)


class Handler(BaseHTTPRequestHandler):
    """One request; who may do what stands in `do_GET` and `do_POST`."""

    server_version = "loaphuong"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS_FOR_A_REQUEST
    desk: ClassVar[Desk]
    lock: ClassVar[Lock]

    def do_GET(self) -> None:
        """Answer a page, the state, or a file of the page."""
        known = {"/": self._page, "/vao": self._door, "/trang-thai": self._state}
        self._answer(known.get(self.path, self._file))

    def do_POST(self) -> None:
        """Let in, let out, or do something."""
        acts = {"/vao": self._enter, "/ra": self._leave, "/lenh": self._act}
        self._answer(acts.get(self.path, self._nothing), posted=True)

    def log_message(self, *args: Any) -> None:
        """Say nothing: what is done here is journalled."""

    def _answer(self, make: Callable[[], Reply], *, posted: bool = False) -> None:
        try:
            self._check_host()
            if posted:
                self._check_origin()
            reply = make()
        except LoaPhuongError as error:
            status = _STATUS.get(type(error), HTTPStatus.SERVICE_UNAVAILABLE)
            reply = Reply.of({"message": str(error)}, status, _again(error))
        except Exception:  # a request's boundary: the station plays on whatever the page meets
            log.exception("the local page failed on %s", self.path.partition("?")[0])
            message = "Trạm gặp lỗi khi làm việc đó; hãy xem đĩa của máy và thử lại."
            reply = Reply.of({"message": message}, HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send(reply)

    def _page(self) -> Reply:
        session = self._session()
        if session is None:
            return Reply.to("/vao")
        return Reply.page(pages.desk(self.desk.enrolment.station, self.lock.token(session)))

    def _door(self) -> Reply:
        return Reply.page(pages.door(self.desk.enrolment.station))

    def _state(self) -> Reply:
        if self._session() is None:
            raise SignInRequiredError("Hãy nhập PIN để mở bàn trực.")
        return Reply.of(self.desk.state())

    def _file(self) -> Reply:
        body, kind = pages.file(self.path.removeprefix("/"))
        return Reply(body, kind, headers=(("Cache-Control", "max-age=300"),))

    def _enter(self) -> Reply:
        given = parse_qs(self._body().decode("utf-8", "replace")).get("pin", [""])[0]
        try:
            session = self.lock.enter(given.strip())
        except (ForbiddenError, ThrottledError) as error:
            page = pages.door(self.desk.enrolment.station, str(error))
            return Reply.page(page, _STATUS[type(error)], _again(error))
        return Reply.to("/", f"{COOKIE}={session}; {_COOKIE_TERMS}; Max-Age={SESSION_SECONDS}")

    def _leave(self) -> Reply:
        return Reply.to("/vao", f"{COOKIE}=; {_COOKIE_TERMS}; Max-Age=0")

    def _act(self) -> Reply:
        session = self._session()
        if session is None:
            raise SignInRequiredError("Hãy nhập PIN để mở bàn trực.")
        if not _same(self.headers.get(TOKEN_HEADER, ""), self.lock.token(session)):
            raise ForbiddenError("Trang đã cũ; hãy tải lại trang rồi bấm lại.")
        asked = _asked(self._body())
        said = self.desk.act(asked["kind"], item=asked["item"], value=asked["value"])
        return Reply.of({"message": said})

    def _nothing(self) -> Reply:
        raise NotFoundError("Không có trang này.")

    def _session(self) -> str | None:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return found.value if found is not None and self.lock.knows(found.value) else None

    def _check_host(self) -> None:
        """Refuse a name that leads here without being ours: another site's script may have bent it."""
        if self.headers.get("Host") not in self._names():
            here = self._names()[0]
            raise ForbiddenError("Trang này chỉ mở được trên chính máy trạm, tại http://{here}/.", here=here)

    def _check_origin(self) -> None:
        """Refuse what another site's page sends."""
        if self.headers.get("Origin") not in {f"http://{name}" for name in self._names()}:
            raise ForbiddenError("Yêu cầu đến từ một trang khác.")

    def _names(self) -> list[str]:
        port = self.connection.getsockname()[1]
        return [f"{HOST}:{port}", f"localhost:{port}"]

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
            self.close_connection = True
            raise InvalidInputError("Yêu cầu quá dài.")
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        given = dict.fromkeys(name for name, _ in reply.headers)
        base = {**_HEADERS, "Content-Type": reply.kind, "Content-Length": str(len(reply.body))}
        if "Cache-Control" not in given:
            base["Cache-Control"] = "no-store"
        for name, value in (*base.items(), *reply.headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)


_COOKIE_TERMS = "HttpOnly; SameSite=Strict; Path=/"


class Server(threading.Thread):
    """Serves the page in a thread of its own; a port that is taken is tried again every half minute."""

    def __init__(self, desk: Desk, lock: Lock, port: int, clock: Clock) -> None:
        super().__init__(name="desk", daemon=True)
        self._handler = type("DeskHandler", (Handler,), {"desk": desk, "lock": lock})
        self._port = port
        self._clock = clock
        self._over = threading.Event()
        self._server: _Listener | None = None
        self.ready = threading.Event()

    @property
    def port(self) -> int:
        """The port that is served, the one wanted while none is."""
        return self._server.server_address[1] if self._server else self._port

    def run(self) -> None:
        """Serve until `close`."""
        while not self._over.is_set():
            try:
                self._serve()
            except OSError as error:
                log.warning("the local page cannot be served at port %d: %s", self._port, error.strerror)
                self._clock.wait(self._over, AGAIN_SECONDS)

    def close(self) -> None:
        """Serve no more."""
        self._over.set()
        if self._server is not None:
            self._server.shutdown()

    def _serve(self) -> None:
        with _Listener((HOST, self._port), self._handler) as server:
            self._server = server
            log.info("local page at http://%s:%d/", HOST, self.port)
            self.ready.set()
            server.serve_forever(poll_interval=0.5)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def handle_error(self, *_about: Any) -> None:
        """Say nothing of a browser that breaks off."""


def _asked(body: bytes) -> dict[str, Any]:
    """Return `kind`, `item` and `value` of a JSON body; InvalidInputError for any other form."""
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str):
        raise InvalidInputError("Yêu cầu không đúng dạng.")
    item, value = given.get("item"), given.get("value")
    if not (item is None or isinstance(item, str)) or not (value is None or type(value) in {int, str}):
        raise InvalidInputError("Yêu cầu không đúng dạng.")
    return {"kind": given["kind"], "item": item, "value": value}


def _again(error: LoaPhuongError) -> Headers:
    """Return the header that says when to come again, if the error knows."""
    seconds = error.facts.get("retry_after_seconds")
    return (("Retry-After", str(seconds)),) if seconds else ()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
