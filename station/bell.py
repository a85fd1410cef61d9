"""The bell: a long-lived event stream that says "look"; what it says is never obeyed, only looked into."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator

import requests

from content.errors import UnavailableError
from station.centre import Bearer

TIMEOUT = (5.0, 90.0)

log = logging.getLogger("station")


def rung_generations(lines: Iterable[bytes]) -> Iterator[int]:
    """Yield the generation of every event `data: {"generation": n}`; anything else is passed over."""
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        try:
            message = json.loads(line[5:])
        except ValueError:
            continue
        generation = message.get("generation") if isinstance(message, dict) else None
        if isinstance(generation, int):
            yield generation


def listen(url: str, token: str, *, opened: Callable[[], None], ring: Callable[[int], None]) -> None:
    """Hold the stream open; raise UnavailableError when it ends.

    `opened` is called once it stands, `ring` for every generation.
    """
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    try:
        with requests.get(
            url, headers=headers, auth=Bearer(token), timeout=TIMEOUT, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise UnavailableError("Chuông trả lời {status}.", status=answer.status_code)
            opened()
            # Bytes one by one: an event is to be seen when it comes, not when a buffer is full.
            for generation in rung_generations(answer.iter_lines(chunk_size=1)):
                ring(generation)
    except requests.RequestException as error:
        raise UnavailableError("Chuông im: {why}.", why=type(error).__name__) from error
    raise UnavailableError("Chuông đã ngắt.")
