"""The wards of a tormented town: they fetch, play in their fashion, and report until they are heard."""

from __future__ import annotations

import json
import random
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from content.contracts.airings import State
from content.contracts.asrun import AsRun, Event, Seal, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant, parse_instant
from content.contracts.lpjson import decode
from content.contracts.signing import from_base64
from tests.chaos.centre import Centre
from tests.chaos.town import KEY, token_of

MOST_LINES = 400
TIMEOUT_SECONDS = 20.0
THREADS = 2
TAKEN, CONFLICT, NEW = 200, 409, 200


@dataclass
class Ward:
    """One station: what it is to play, what it played, and the lines nobody has acknowledged yet."""

    name: str
    chain: str = field(default_factory=lambda: str(uuid.uuid4()))
    etag: str = ""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    played: set[str] = field(default_factory=set)
    lines: list[bytes] = field(default_factory=list)
    sequence: int = 0
    head: str = ZEROS
    at: datetime | None = None

    def learn(self, envelope: bytes) -> None:
        """Take a new manifest: what it no longer names is not played any more."""
        payload = decode(from_base64(decode(envelope)["payload"]))
        self.items = {item["id"]: item for item in payload["items"]}

    def play(self, now: datetime) -> None:
        """Play what has begun, in its order, each once for good."""
        come = [item for item in self.items.values() if parse_instant(item["starts_at"]) <= now]
        for item in sorted(come, key=lambda item: (item["starts_at"], item["id"])):
            if item["id"] not in self.played:
                self.played.add(item["id"])
                self._write(now, Event.STARTING, item)
                heard = {"started_at": item["starts_at"], "heard_ms": item["duration_ms"]}
                self._write(now, Event.FINISHED, item, outcome=State.PLAYED, **heard)

    def _write(self, now: datetime, event: Event, item: dict[str, Any] | None = None, **more: Any) -> None:
        if self.sequence == 0 and event is not Event.CHAIN:
            self._write(now, Event.CHAIN, reason="first")
        self.sequence += 1
        self.at = max(now, self.at or now)
        matter = item and {"airing": item["id"], "kind": item["kind"], "planned_at": item["starts_at"]}
        line = AsRun(
            station=self.name,
            chain=self.chain,
            sequence=self.sequence,
            previous=self.head,
            at=format_instant(self.at),
            boot=self.chain,
            uptime_ms=1,
            clock_offset_ms=0,
            clock_ok=True,
            event=event,
            **(matter or {}),
            **more,
        ).line()
        self.head = chain_hash(line)
        self.lines.append(line)

    def batch(self) -> tuple[bytes, int]:
        """Return the next lines with their seal, and how many lines they are."""
        lines = self.lines[:MOST_LINES]
        return b"\n".join([*lines, Seal.make(lines, KEY).line()]) + b"\n", len(lines)


class Wards:
    """All stations, served by a few threads that call whichever web server answers."""

    def __init__(
        self, centre: Centre, names: tuple[str, ...], servers: list[str], *, threads: int = 2
    ) -> None:
        self._centre = centre
        self._servers = servers
        self.wards = [Ward(name) for name in names]
        self._stop = threading.Event()
        self.rounds = [0] * threads
        self.refused: list[str] = []
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the call under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def quiet(self) -> bool:
        """Whether nothing waits to be acknowledged."""
        return not any(ward.lines for ward in self.wards)

    def hold(self) -> int:
        """Return how many airings are in the stations' hands."""
        return sum(len(ward.items) for ward in self.wards)

    def _run(self, number: int) -> None:
        choose = random.Random(number)  # noqa: S311 (which server is asked)
        mine = self.wards[number :: len(self._threads)]
        with requests.Session() as client:
            while not self._stop.is_set():
                for ward in mine:
                    if self._stop.is_set():
                        return
                    port = self._centre.ports[choose.choice(self._servers)]
                    try:
                        self._serve(ward, client, f"http://127.0.0.1:{port}/api/v1/stations/{ward.name}")
                    except requests.RequestException:
                        self._centre.clock.wait(self._stop, 0.05)
                self.rounds[number] += 1

    def _past(self) -> datetime:
        return self._centre.clock.now() - timedelta(seconds=1)

    def _serve(self, ward: Ward, client: requests.Session, url: str) -> None:
        headers = {"Authorization": f"Bearer {token_of(ward.name)}"}
        seen = {**headers, "If-None-Match": ward.etag} if ward.etag else headers
        answer = client.get(f"{url}/manifest", headers=seen, timeout=TIMEOUT_SECONDS)
        # What began while this call waited sounded from the manifest held so far.
        ward.play(self._past())
        if answer.status_code == NEW:
            ward.learn(answer.content)
            ward.etag = answer.headers["ETag"]
            ward.play(self._past())
        while ward.lines and not self._stop.is_set():
            body, count = ward.batch()
            answer = client.post(f"{url}/as-run", data=body, headers=headers, timeout=TIMEOUT_SECONDS)
            if answer.status_code != TAKEN:
                if answer.status_code == CONFLICT:
                    self.refused.append(f"{ward.name}: {json.dumps(answer.json())}")
                return
            del ward.lines[:count]
