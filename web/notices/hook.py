"""Notices by webhook: one POST of JSON, signed with the address's own secret.

The address is somebody's text, so it is called with care: no redirects, no proxy of the environment, and
unless the settings allow it no address of this machine or its network.  The connection is made to the
address that was looked at, before anything is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from content.clock import Clock
from content.contracts.instants import format_instant
from web.notices.letters import HandOver, Letter, RefusedError, TryLaterError, UnreachableError, UnsureError

TIMEOUT_SECONDS = 10.0
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_PORTS = {"http": 80, "https": 443}


class Hooks:
    """Calls webhooks; `private`: addresses of this machine and its network, too."""

    def __init__(self, clock: Clock, *, private: bool) -> None:
        self._clock = clock
        self._private = private

    def place(self, address: str) -> str:
        """Return the host and port that an address leads to."""
        return urlsplit(address).netloc

    @contextmanager
    def open(self, place: str) -> Iterator[HookChannel]:  # noqa: ARG002 (each call connects anew)
        """Give a channel; the connection is made for each letter."""
        yield HookChannel(self._clock, private=self._private)


class HookChannel:
    """Calls one webhook after the other."""

    def __init__(self, clock: Clock, *, private: bool) -> None:
        self._clock = clock
        self._private = private

    def prepare(self, letter: Letter) -> HandOver:
        """Connect; the request goes with the call returned."""
        parts, body = urlsplit(letter.address), written(letter)
        connection = self._connected(parts)
        stamp = format_instant(self._clock.now())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "LoaPhuong",
            "X-LoaPhuong-Delivery": letter.name,
            "X-LoaPhuong-Timestamp": stamp,
            "X-LoaPhuong-Signature": signature(letter.secret or "", stamp, body),
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return partial(_hand_over, connection, path, body, headers)

    def _connected(self, parts: SplitResult) -> http.client.HTTPConnection:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        try:
            line = socket.create_connection((self._address(host, port), port), TIMEOUT_SECONDS)
            if parts.scheme == "https":
                line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        except OSError as error:
            raise UnreachableError(f"chưa nối được {parts.netloc} ({type(error).__name__})") from error
        connection.sock = line
        return connection

    def _address(self, host: str, port: int) -> str:
        """Return an address of the host that may be called."""
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        allowed = [one for one in found if self._private or ipaddress.ip_address(one).is_global]
        if not allowed:
            raise RefusedError(f"{host} là địa chỉ nội bộ; muốn gọi, đặt LOAPHUONG_WEBHOOK_PRIVATE=true")
        return allowed[0]


def written(letter: Letter) -> bytes:
    """Return the body of the request."""
    notices = [
        {
            "id": line.id,
            "at": format_instant(line.at),
            "kind": line.kind,
            "unit": line.unit,
            "station": line.station,
            "subject": line.subject,
            "text": line.text,
        }
        for line in letter.lines
    ]
    return json.dumps({"v": 1, "delivery": letter.name, "notices": notices}, ensure_ascii=False).encode()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return HMAC-SHA256 over the timestamp, a dot and the body, as the header carries it."""
    told = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={told.hexdigest()}"


def _hand_over(
    connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]
) -> None:
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(1000)
    except (http.client.HTTPException, OSError) as error:
        raise UnsureError(f"không có trả lời sau khi gửi ({type(error).__name__})") from error
    finally:
        connection.close()
    _judge(answer.status)


def _judge(status: int) -> None:
    told = f"webhook trả lời {status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        raise TryLaterError(told)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise RefusedError(told)
