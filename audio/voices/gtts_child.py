"""One utterance by gTTS: a JSON wish on standard input, a JSON answer on standard output.

Wish: `{"text", "tld", "url"}`; answer: `{"parts": [base64 MP3, …]}` or `{"fault", "status",
"retry_after_s"}`.  gTTS builds the requests; they are sent by a session of our own, because gTTS would
not verify TLS and knows no limits.  Usage: `python -m audio.voices.gtts_child SECONDS`.
"""

from __future__ import annotations

import base64
import json
import signal
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

import requests
from gtts import gTTS

from audio.voices.google_answer import AnswerError, Fault, check_status, sound_of

REACH_S = 4.0
READ_S = 10.0
MOST_BYTES = 4 * 1024 * 1024
_PIECE = 64 * 1024


def fetch(text: str, *, tld: str, url: str | None, limit_s: float) -> list[bytes]:
    """Return the MP3 of every part that gTTS splits `text` into; AnswerError at the first bad one."""
    speech = gTTS(text, tld=tld, lang="vi", lang_check=False, pre_processor_funcs=[])
    texts, wishes = speech._tokenize(text), speech._prepare_requests()  # noqa: SLF001 (gTTS has no other door)
    with requests.Session() as session:
        _reach(session, _aimed(wishes[0], url), limit_s)
        return [
            sound_of(_body(session, _aimed(wish, url)), part)
            for part, wish in zip(texts, wishes, strict=True)
        ]


def _aimed(wish: requests.PreparedRequest, url: str | None) -> requests.PreparedRequest:
    if url:
        wish.url = url.rstrip("/") + urlsplit(wish.url or "").path
    return wish


def _reach(session: requests.Session, wish: requests.PreparedRequest, limit_s: float) -> None:
    """Look the host up under a short alarm: a dead name server outlasts any timeout."""
    parts = urlsplit(str(wish.url))
    signal.setitimer(signal.ITIMER_REAL, min(REACH_S, limit_s))
    try:
        if not session.merge_environment_settings(str(wish.url), {}, None, None, None)["proxies"]:
            socket.getaddrinfo(parts.hostname, parts.port or parts.scheme)
    except OSError as error:
        raise AnswerError(Fault.UNREACHABLE) from error
    signal.setitimer(signal.ITIMER_REAL, limit_s)


def _body(session: requests.Session, wish: requests.PreparedRequest) -> bytes:
    manner: dict[str, Any] = dict(session.merge_environment_settings(str(wish.url), {}, True, None, None))
    manner |= {"timeout": (REACH_S, READ_S), "allow_redirects": False}
    try:
        with session.send(wish, **manner) as answer:
            check_status(answer.status_code, answer.headers.get("Retry-After"))
            return _read(answer)
    except (requests.RequestException, OSError) as error:
        raise AnswerError(Fault.UNREACHABLE) from error


def _read(answer: requests.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise AnswerError(Fault.NOT_SOUND)
    return bytes(body)


def main() -> None:
    """Answer the wish on standard input; alarms end this process even when its parent is gone."""
    wish = json.loads(sys.stdin.buffer.read())
    answer: dict[str, Any]
    try:
        parts = fetch(wish["text"], tld=wish["tld"], url=wish["url"], limit_s=float(sys.argv[1]))
        answer = {"parts": [base64.b64encode(part).decode() for part in parts]}
    except AnswerError as error:
        answer = {"fault": error.fault, "status": error.status, "retry_after_s": error.retry_after_s}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
