"""The bell's side of HTTP: one GET a connection, answered by a stream of server-sent events."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from content.contracts.fields import SLUG
from content.errors import ForbiddenError, LoaPhuongError, SignInRequiredError

HEAD_BYTES = 8192
HEAD_SECONDS = 10.0
BACKLOG_BYTES = 64 * 1024
NO_CALLS: Mapping[str, bytes] = MappingProxyType({})
KEEP_ALIVE = b": ring ring\n\n"
_STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nConnection: close\r\n\r\n"
)
_REQUEST = re.compile(rb"([A-Z]+) ([\x21-\x7e]+) HTTP/1\.[01]")
_BEARER = re.compile(rb"^authorization:[ \t]*bearer[ \t]+([\x21-\x7e]+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_STATUS: dict[type[LoaPhuongError], HTTPStatus] = {
    SignInRequiredError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
}


class RefusalError(Exception):
    """A call that gets no stream: `status`, a short `code`, and words for whoever looks into it."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self) -> bytes:
        """Return the whole HTTP answer, of the same shape as the station API's errors."""
        body = json.dumps({"error": self.code, "message": str(self)}, ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Call:
    """Who wants to listen to which station, and the token he shows."""

    station: str
    token: str


def read_call(head: bytes) -> Call:
    """Return what a request's head asks for, or raise RefusalError."""
    line, _, fields = head.partition(b"\r\n")
    asked = _REQUEST.fullmatch(line)
    if asked is None:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "bad_request", "Yêu cầu không đúng dạng HTTP/1.1.")
    method, path = asked.group(1), asked.group(2).decode("ascii")
    room, _, station = path.removeprefix("/").partition("/")
    if room != "bell" or not SLUG.fullmatch(station):
        raise RefusalError(HTTPStatus.NOT_FOUND, "not_found", "Chuông chỉ có ở /bell/<trạm>.")
    if method != b"GET":
        raise RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Chuông chỉ nhận GET.")
    token = _BEARER.search(fields.replace(b"\r\n", b"\n"))
    if token is None:
        raise RefusalError(HTTPStatus.UNAUTHORIZED, "sign_in_required", "Thiếu thẻ của trạm.")
    return Call(station, token.group(1).decode("ascii"))


class Ring:
    """Who listens, and the newest generation of each station.  Used in the loop's thread only."""

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self._listeners: dict[str, set[asyncio.StreamWriter]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._listeners.values()))

    def join(self, station: str, writer: asyncio.StreamWriter) -> None:
        """Open the stream, and say at once which generation is the newest (0: none yet)."""
        self._listeners.setdefault(station, set()).add(writer)
        writer.write(_STREAM + _event(self.newest.get(station, 0)))

    def leave(self, station: str, writer: asyncio.StreamWriter) -> None:
        """Forget a listener."""
        listeners = self._listeners.get(station, set())
        listeners.discard(writer)
        if not listeners:
            self._listeners.pop(station, None)

    def strike(self, generations: dict[str, int], calls: Mapping[str, bytes] = NO_CALLS) -> None:
        """Tell the listeners of each station whose generation has risen; `calls` go along, sealed."""
        for station, generation in generations.items():
            if generation > self.newest.get(station, 0):
                self.newest[station] = generation
                _send(self._listeners.get(station, ()), _event(generation, calls.get(station)))

    def keep_alive(self) -> None:
        """Send a comment down every stream, so that no proxy takes it for dead."""
        for listeners in self._listeners.values():
            _send(listeners, KEEP_ALIVE)


class Bell:
    """Answers connections: reads the head, lets `admit` judge it, then keeps the stream open.

    `admit(call)` raises a LoaPhuongError when the token is not that station's.
    """

    def __init__(self, ring: Ring, admit: Callable[[Call], Awaitable[None]]) -> None:
        self._ring = ring
        self._admit = admit
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection from its first byte to its end."""
        self._open[writer] = asyncio.current_task()
        try:
            await self._listen(await self._admitted(reader), reader, writer)
        except RefusalError as refusal:
            writer.write(refusal.answer())
        except OSError:
            pass  # the other side went away, as stations do
        finally:
            self._open.pop(writer, None)
            writer.close()

    async def close(self) -> None:
        """Hang up on everybody."""
        tasks = [task for task in self._open.values() if task is not None]
        for writer in list(self._open):
            writer.transport.abort()
        if tasks:
            await asyncio.wait(tasks, timeout=HEAD_SECONDS)

    async def _admitted(self, reader: asyncio.StreamReader) -> Call:
        call = read_call(await _head(reader))
        try:
            await self._admit(call)
        except LoaPhuongError as error:
            status = _STATUS.get(type(error), HTTPStatus.SERVICE_UNAVAILABLE)
            raise RefusalError(status, error.code, str(error)) from error
        return call

    async def _listen(self, call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold the stream until the listener hangs up, or speaks although it has nothing more to say."""
        self._ring.join(call.station, writer)
        try:
            await reader.read(1)
        finally:
            self._ring.leave(call.station, writer)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            return await reader.readuntil(b"\r\n\r\n")
    except TimeoutError as error:
        raise RefusalError(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", "Gửi yêu cầu quá chậm.") from error
    except asyncio.LimitOverrunError as error:
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        raise RefusalError(status, "head_too_large", "Phần đầu của yêu cầu quá dài.") from error
    except asyncio.IncompleteReadError as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "bad_request", "Yêu cầu bị cắt ngang.") from error


def _event(generation: int, envelope: bytes | None = None) -> bytes:
    if envelope is None:
        return b'data: {"generation": %d}\n\n' % generation
    return b'data: {"generation": %d, "envelope": %s}\n\n' % (
        generation,
        json.dumps(envelope.decode()).encode(),
    )


def _send(writers: set[asyncio.StreamWriter] | tuple[()], data: bytes) -> None:
    """Write to each; who does not read what he was sent is dropped."""
    for writer in list(writers):
        if writer.transport.get_write_buffer_size() > BACKLOG_BYTES:
            writer.transport.abort()
        else:
            writer.write(data)
