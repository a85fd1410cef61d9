"""The bell: a long-lived event stream that says "look"; what it says is never obeyed, only looked into.

A call brings its manifest along, to be verified like one that was fetched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

from content.errors import ContractError, UnavailableError
from station.centre import Bearer, Trust, untrusted

TIMEOUT = (5.0, 90.0)
READ_BYTES = 1 << 16
LONGEST_LINE_BYTES = 16 << 20

log = logging.getLogger("station")


@dataclass(frozen=True)
class Rung:
    """What an event says: there is a manifest of this generation; a call brings it along, sealed."""

    generation: int
    envelope: bytes | None = None


def rings(lines: Iterable[bytes]) -> Iterator[Rung]:
    """Yield what every event `data: {"generation": n}` says; anything else is passed over."""
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        try:
            message = json.loads(line[5:])
        except ValueError:
            continue
        generation = message.get("generation") if isinstance(message, dict) else None
        if isinstance(generation, int):
            envelope = message.get("envelope")
            yield Rung(generation, envelope.encode() if isinstance(envelope, str) else None)


def lines_of(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield whole lines as they come; `read` waits for some bytes and returns what is there.

    ContractError when a line has no end.
    """
    held = b""
    while some := read(READ_BYTES):
        *whole, held = (held + some).split(b"\n")
        yield from (line.rstrip(b"\r") for line in whole)
        if len(held) > LONGEST_LINE_BYTES:
            raise ContractError("Chuông gửi một dòng dài quá {limit} byte.", limit=LONGEST_LINE_BYTES)


def listen(
    url: str,
    token: str,
    *,
    opened: Callable[[], None],
    ring: Callable[[Rung], None],
    trust: Trust = True,
) -> None:
    """Hold the stream open; raise UnavailableError when it ends.

    `opened` is called once it stands, `ring` for every event.
    """
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    try:
        with requests.get(
            url,
            headers=headers,
            auth=Bearer(token),
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
            verify=trust,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise UnavailableError("Chuông trả lời {status}.", status=answer.status_code)
            opened()
            # What is there, however little: an event is to be seen when it comes, not when a buffer is full.
            for rung in rings(lines_of(answer.raw.read1)):
                ring(rung)
    except requests.exceptions.SSLError as error:
        raise untrusted(error) from error
    except (requests.RequestException, HTTPError) as error:
        raise UnavailableError("Chuông im: {why}.", why=type(error).__name__) from error
    raise UnavailableError("Chuông đã ngắt.")
