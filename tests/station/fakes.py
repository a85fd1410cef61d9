"""A centre on loopback with levers, and makers of what it serves."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from content.contracts.airings import Kind, Level
from content.contracts.asrun import AsRun, read_batch
from content.contracts.enrolment import EnrolAnswer, EnrolCode
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.contracts.manifest import ClipRef, Command, Item, Manifest, Mode, Quiet
from content.contracts.signing import PrivateKey, PublicKey
from content.errors import ContractError

STATION = "ha-dinh-1"
TOKEN = "token-of-the-station"
SECRET = "secret-for-once-0123456789"
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def make_tone(ms: int, *, hertz: int = 440, rate: int = 48_000) -> bytes:
    """Return a WAV file with a tone of `ms`."""
    count = ms * rate // 1000
    samples = (int(8000 * math.sin(2 * math.pi * hertz * index / rate)) for index in range(count))
    file = BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def make_clip(data: bytes) -> ClipRef:
    return ClipRef(hashlib.sha256(data).hexdigest(), len(data), "audio/wav")


def make_item(number: int = 1, *, at: datetime = NOON, data: bytes = b"", **fields: Any) -> Item:
    """Return airing `number` at `at`, its clip the bytes `data`; lasts 10 s and may be 60 s late."""
    clip = make_clip(data or b"clip %d" % number)
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "kind": Kind.BULLETIN,
        "level": Level.NORMAL,
        "starts_at": at,
        "not_after": at + timedelta(seconds=60),
        "duration_ms": 10_000,
        "clip": clip,
        "source": None,
        "title": f"Bản tin {number}",
        "programme": "01",
        "revision": number,
        "approval": number,
        "window": 1,
    }
    return Item(**{**values, **fields})


def make_manifest(*items: Item, generation: int = 1, at: datetime = NOON, **fields: Any) -> Manifest:
    values: dict[str, Any] = {
        "mode": "rehearsal",
        "station": STATION,
        "generation": generation,
        "issued_at": at,
        "start": at,
        "end": at + timedelta(hours=72),
        "time_zone": "Asia/Ho_Chi_Minh",
        "quiet": (Quiet("21:00", "06:00"),),
        "items": items,
    }
    return Manifest(**{**values, **fields})


def make_command(kind: str, *, at: datetime = NOON, number: int = 1, **fields: Any) -> Command:
    values: dict[str, Any] = {"item": None, "value": None, "by": "vh.ha-dinh"}
    return Command(
        id=f"command-{number}",
        kind=kind,
        issued_at=at,
        expires_at=at + timedelta(minutes=10),
        **{**values, **fields},
    )


@dataclass
class FakeCentre:
    """Answers as the contract says, unless a lever is pulled.

    Levers: `broken` {path word: status} · `cut_manifest` (half of it) · `cut_clips` (bytes sent of a
    clip before the line breaks, once) · `wrong_clips` (other bytes) · `no_ranges` · `fork` (once) ·
    `answers_with` (another key at enrolment) · `offset` (of its clock) · `bell_url`.
    """

    key: PrivateKey = field(default_factory=PrivateKey.generate)
    station_key: PublicKey | None = None
    envelope: bytes = b""
    generation: int = 0
    clips: dict[str, bytes] = field(default_factory=dict)
    mode: Mode = "rehearsal"
    broken: dict[str, int] = field(default_factory=dict)
    cut_manifest: bool = False
    cut_clips: int = 0
    wrong_clips: bool = False
    no_ranges: bool = False
    fork: bool = False
    answers_with: PrivateKey | None = None
    offset: timedelta = timedelta()
    bell_url: str = ""
    url: str = ""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    records: list[AsRun] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    heartbeats: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    bells: list[Any] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)

    def publish(self, manifest: Manifest, *clips: bytes, key: PrivateKey | None = None) -> None:
        """Serve a manifest, signed, and clips."""
        self.clips.update({hashlib.sha256(data).hexdigest(): data for data in clips})
        self.envelope, self.generation = manifest.seal(key or self.key), manifest.generation

    def ring(self) -> None:
        """Send the generation to every open bell."""
        for stream in list(self.bells):
            stream.write(b'data: {"generation": %d}\n\n' % self.generation)
            stream.flush()

    def hang_up(self) -> None:
        """Close every bell."""
        self.silent.set()

    def wait_for(self, wanted: Any, *, seconds: float = 10) -> None:
        """Wait until `wanted()` holds; fail the test when it does not in time."""
        with self.changed:
            assert self.changed.wait_for(wanted, timeout=seconds), [r.line() for r in self.records]

    def events(self, airing: str | None = None) -> list[tuple[str, str | None, str | None]]:
        """Return (event, outcome, reason) of the records, of one airing if named."""
        return [
            (str(record.event), record.outcome and str(record.outcome), record.reason and str(record.reason))
            for record in self.records
            if airing is None or record.airing == airing
        ]

    def take(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Take a batch as the centre does: seal, chain, sequence."""
        assert self.station_key is not None
        try:
            batch = read_batch(body, self.station_key)
        except ContractError as error:
            self.refused.append(str(error))
            return 422, {"error": str(error)}
        chain = batch.seal.chain
        last, head = self.heads.get(chain, (0, ZEROS))
        if self.fork:
            self.fork = False
            return 409, {"error": "fork", "expected": last + 1}
        if batch.seal.first > last + 1:
            return 409, {"expected": last + 1}
        new = [record for record in batch.records if record.sequence > last]
        if new and new[0].previous != head:
            return 409, {"error": "fork", "expected": last + 1}
        if new:
            self.records.extend(new)
            self.heads[chain] = (batch.seal.last, batch.seal.head)
        return 200, {"chain": chain, "acknowledged": self.heads[chain][0]}

    def enrol(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer an enrolment whose code is right."""
        if message["code"] != str(EnrolCode(self.url, SECRET, self.key.public.keyid)):
            return 403, {"error": "forbidden", "message": "Mã này đã dùng."}
        self.station_key = PublicKey.from_hex(message["public_key"])
        keys = ((self.answers_with or self.key).public.raw.hex(),)
        answer = EnrolAnswer(STATION, TOKEN, self.mode, keys, self.bell_url, "Asia/Ho_Chi_Minh")
        return 200, answer.to_wire()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    centre: FakeCentre

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self._refuses():
            return
        if self.path.endswith("/manifest"):
            self._manifest()
        elif "/clips/" in self.path:
            self._clip(self.path.rsplit("/", 1)[1])
        elif self.path == "/bell":
            self._bell()
        else:
            self._send(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._refuses():
            return
        centre = self.centre
        with centre.changed:
            if self.path.endswith("/as-run"):
                self._send(*centre.take(body))
            elif self.path.endswith("/heartbeat"):
                centre.heartbeats.append(json.loads(body))
                self._send(200, {"now": format_instant(datetime.now(UTC) + centre.offset)})
            else:
                self._send(*centre.enrol(json.loads(body)))
            centre.changed.notify_all()

    def _refuses(self) -> bool:
        centre = self.centre
        centre.requests.append((self.command, self.path, dict(self.headers)))
        for word, status in centre.broken.items():
            if word in self.path:
                self._send(status, {})
                return True
        if "/enrol" not in self.path and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(401, {})
            return True
        return False

    def _manifest(self) -> None:
        centre = self.centre
        etag = f'"{centre.generation}"'
        if not centre.envelope or self.headers.get("If-None-Match") == etag:
            self._send(304 if centre.envelope else 404, None)
            return
        body = centre.envelope
        self._start(200, len(body), {"ETag": etag, "Content-Type": "application/json"})
        if centre.cut_manifest:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def _clip(self, name: str) -> None:
        centre = self.centre
        data = centre.clips.get(name)
        if data is None:
            self._send(404, {})
            return
        if centre.wrong_clips:
            data = bytes(len(data))
        begin, wanted = 0, self.headers.get("Range")
        if wanted and not centre.no_ranges:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        span = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if begin else {}
        self._start(206 if begin else 200, len(data) - begin, span)
        end, centre.cut_clips = (begin + centre.cut_clips if centre.cut_clips else len(data)), 0
        self.close_connection = end < len(data)
        self.wfile.write(data[begin:end])

    def _bell(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": hello\n\n")
        self.wfile.flush()
        with self.centre.changed:
            self.centre.bells.append(self.wfile)
            self.centre.changed.notify_all()
        self.centre.silent.wait()
        self.close_connection = True

    def _start(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, status: int, message: dict[str, Any] | None) -> None:
        body = b"" if message is None else json.dumps(message).encode()
        self._start(status, len(body), {"Content-Type": "application/json"})
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are part of the play."""


@contextmanager
def fake_centre(**levers: Any) -> Iterator[FakeCentre]:
    """Run a centre on loopback."""
    centre = FakeCentre(**levers)
    handler = type("Handler", (_Handler,), {"centre": centre})
    with _Server(("127.0.0.1", 0), handler) as server:
        centre.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield centre
        centre.hang_up()
        server.shutdown()
        thread.join()
