"""A server on loopback that speaks Google's protocol as gTTS expects it, with levers."""

from __future__ import annotations

import base64
import http.server
import json
import socket
import ssl
import struct
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PAGE = b"<html><body>Sign in to the network</body></html>"


class GoogleServer(http.server.ThreadingHTTPServer):
    """Answers each part of a text with `sound`.

    Levers: `mode` is ok, noaudio, html, truncated, half (cut between frames), notmp3, hang (not a byte),
    stall (a head, then silence), reset (RST) or a status such as 429; `then` is the mode after the first
    answer; `retry_after`.  It remembers what it was asked (`asked`) and how many asked at once
    (`most_at_once`); `arrived` counts them in, and every answer is held back until `gate` is set.  With
    `certificate`, a PEM file of key and certificate, it speaks TLS.
    """

    daemon_threads = True

    def __init__(self, sound: bytes, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if certificate:
            shield = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            shield.load_cert_chain(certificate)
            self.socket = shield.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.scheme = "https" if certificate else "http"
        self.sound = sound
        self.mode = "ok"
        self.then: str | None = None
        self.retry_after: str | None = None
        self.asked: list[list[Any]] = []
        self.arrived = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.lock = threading.Lock()
        self.at_once = self.most_at_once = 0
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        """The address to give the voice."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: GoogleServer

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        wish = json.loads(urllib.parse.parse_qs(form.rstrip("&"))["f.req"][0])
        with self.server.lock:
            self.server.asked.append(json.loads(wish[0][0][1]))
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        self.server.arrived.release()
        self.server.gate.wait(20)
        with self.server.lock:
            self.server.at_once -= 1
            mode = self.server.mode
            self.server.mode = self.server.then or mode
        self._answer(mode)

    def _answer(self, mode: str) -> None:
        if mode == "hang":
            self.server.stopped.wait(60)
        elif mode == "stall":
            self._head(200, 5000, "application/json")
            self.server.stopped.wait(60)
        elif mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif mode.isdigit():
            self._send(int(mode), b"", "text/plain")
        elif mode == "html":
            self._send(200, PAGE, "text/html")
        else:
            self._send(200, envelope(self._sound(mode)), "application/json; charset=utf-8")

    def _sound(self, mode: str) -> bytes | None:
        sound = self.server.sound
        cut = {"truncated": len(sound) // 2 + 7, "half": sound.index(sound[:3], len(sound) // 5)}
        return {"noaudio": None, "notmp3": PAGE}.get(mode, sound[: cut.get(mode)])

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self._head(status, len(body), kind)
        self.wfile.write(body)

    def _head(self, status: int, size: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        if self.server.retry_after:
            self.send_header("Retry-After", self.server.retry_after)
        self.end_headers()


def envelope(sound: bytes | None) -> bytes:
    """Return the body that carries `sound`, or none."""
    inner = json.dumps([base64.b64encode(sound).decode()]) if sound else None
    row = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]], separators=(",", ":"))
    return f")]}}'\n\n{len(row)}\n{row}\n".encode()


@contextmanager
def google(sound: bytes, certificate: Path | None = None) -> Iterator[GoogleServer]:
    """Run a server for the length of a block."""
    server = GoogleServer(sound, certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
