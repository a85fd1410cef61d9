"""The wire between station and centre: a proxy in front of the real web server, with levers."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.station.faults.machine import REAL

_DROPPED = {"connection", "transfer-encoding", "keep-alive"}


@dataclass
class Wire:
    """Passes everything on unless a lever is pulled.

    Levers: `cut` (hangs up on everybody) · `status` (answers this, and asks nobody) · `slow_s` (before
    an answer) · `half` (of every answer) · `manifest` (served instead of the centre's own) · `tls`
    (what the server shows).  `asked` holds the path of every request, `refused` counts the callers who
    turned away before they asked anything.
    """

    target: str
    cut: bool = False
    status: int = 0
    slow_s: float = 0.0
    half: bool = False
    manifest: bytes = b""
    tls: ssl.SSLContext | None = None
    url: str = ""
    refused: int = 0
    asked: list[str] = field(default_factory=list)
    shown: list[ssl.SSLContext] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def mend(self) -> None:
        """Put every lever back."""
        self.cut = self.half = False
        self.status, self.slow_s, self.manifest = 0, 0.0, b""

    def told(self, context: ssl.SSLContext) -> int:
        """Return how many requests came over a certificate."""
        return sum(one is context for one in list(self.shown))

    def count(self, word: str) -> int:
        """Return how many requests had `word` in their path."""
        return sum(word in path for path in list(self.asked))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wire: Wire

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        wire, body = self.wire, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wire.asked.append(self.path)
        if isinstance(self.connection, ssl.SSLSocket):
            wire.shown.append(self.connection.context)
        self.close_connection = True
        if wire.cut:
            return
        if self.path == "/bell":
            self._ring()
            return
        status, headers, answer = self._ask(body) if not wire.status else (wire.status, [], b"{}")
        if wire.manifest and self.path.endswith("/manifest"):
            status, headers, answer = 200, [("Content-Type", "application/json")], wire.manifest
        if wire.slow_s:
            REAL.wait(wire.released, wire.slow_s)
        self._answer(status, headers, answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        centre = http.client.HTTPConnection(urlsplit(self.wire.target).netloc, timeout=30)
        try:
            centre.request(self.command, self.path, body=body, headers=dict(self.headers))
            answer = centre.getresponse()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _DROPPED]
            return answer.status, headers, answer.read()
        finally:
            centre.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.wire.half else body)

    def _ring(self) -> None:
        """Be a bell that says its word and hangs up, again and again."""
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b'data: {"generation": 1}\n\n')


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    wire: Wire

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the caller's thread, by what the wire shows now."""
        if self.wire.tls is not None:
            request.settimeout(10)
            try:
                request = self.wire.tls.wrap_socket(request, server_side=True)
            except OSError:
                self.wire.refused += 1
                raise
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are part of the play."""


@contextmanager
def open_wire(target: str, *, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Wire]:
    """Run a wire to the web server at `target` on loopback, on any free port unless one is named."""
    wire = Wire(target, tls=tls)
    handler = type("Handler", (_Handler,), {"wire": wire})
    with _Server(("127.0.0.1", port), handler) as server:
        server.wire = wire
        wire.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield wire
        wire.released.set()
        with suppress(OSError):
            server.shutdown()
        thread.join()
