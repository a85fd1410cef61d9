"""A radio station on loopback: a WAV stream without an end, at the speed at which it is heard."""

from __future__ import annotations

import math
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from content.clock import SystemClock

RATE = 48_000
BLOCK = RATE // 25
AHEAD_SECONDS = 1.0
_TONE = b"".join(struct.pack("<h", round(12_000 * math.sin(index / 8))) for index in range(BLOCK))
_ENDLESS = 0xFFFFFFFF
_HEADER = struct.pack(
    "<4sI4s4sIHHIIHH", b"RIFF", _ENDLESS, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16
) + struct.pack("<4sI", b"data", _ENDLESS)


@dataclass
class Radio:
    """Levers: `broken` (answers 503) · `mute` (sends silence) · `hang` (sends nothing more)."""

    broken: bool = False
    mute: bool = False
    hang: bool = False
    url: str = ""
    listeners: int = 0
    refused: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    radio: Radio

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.radio.broken:
            self.radio.refused += 1
            self.send_error(503)
            return
        self.radio.listeners += 1
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        self.wfile.write(_HEADER)
        self._broadcast()

    def _broadcast(self) -> None:
        """Send a second at once, as stations do, and then what is heard."""
        clock, radio = SystemClock(), self.radio
        began, sent = clock.monotonic(), 0
        while not radio.closing.is_set():
            ahead = sent / RATE - AHEAD_SECONDS - (clock.monotonic() - began)
            if ahead > 0 or radio.hang:
                clock.wait(radio.closing, max(0.01, ahead))
                continue
            self.wfile.write(bytes(len(_TONE)) if radio.mute else _TONE)
            sent += BLOCK


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let listeners go away, for that is part of the play."""


@contextmanager
def radio(*, broken: bool = False, mute: bool = False, hang: bool = False) -> Iterator[Radio]:
    """Run a radio station."""
    station = Radio(broken=broken, mute=mute, hang=hang)
    handler = type("Handler", (_Handler,), {"radio": station})
    with _Server(("127.0.0.1", 0), handler) as server:
        station.url = f"http://127.0.0.1:{server.server_address[1]}/song"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield station
        station.closing.set()
        server.shutdown()
        thread.join()
