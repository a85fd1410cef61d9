"""One request by gTTS a wish: a process that can be killed, standing by for the next one.

Wish: `{"text", "tld", "url", "limit_s"}`, of at most 100 characters; answer: the MP3, or `{"fault", "status",
"retry_after_s"}` and no bytes.  gTTS builds the request; it is sent by a session of our own, because gTTS
would not verify TLS and knows no limits.  Usage: `python -m audio.voices.gtts_child IDLE_SECONDS`.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from gtts import gTTS

from audio.voices.google_answer import AnswerError, Fault, check_status, sound_of
from audio.voices.standing import Answer, answer_wishes

REACH_S = 4.0
READ_S = 10.0
MOST_BYTES = 4 * 1024 * 1024
_PIECE = 64 * 1024


def fetch(session: requests.Session, text: str, *, tld: str, url: str | None, limit_s: float) -> bytes:
    """Return the MP3 of `text`, or raise AnswerError."""
    speech = gTTS(text, tld=tld, lang="vi", lang_check=False, pre_processor_funcs=[])
    (wish,) = speech._prepare_requests()  # noqa: SLF001 (gTTS has no other door)
    aimed = _aimed(wish, url)
    _reach(session, aimed, limit_s)
    return sound_of(_body(session, aimed), text)


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
    finally:
        signal.setitimer(signal.ITIMER_REAL, limit_s)


def _body(session: requests.Session, wish: requests.PreparedRequest) -> bytes:
    manner: dict[str, Any] = dict(session.merge_environment_settings(str(wish.url), {}, True, None, None))
    manner |= {"timeout": (REACH_S, READ_S), "allow_redirects": False}
    try:
        with session.send(wish, **manner) as answer:
            check_status(answer.status_code, answer.headers.get("Retry-After"), answer.headers.get("Date"))
            return _read(answer)
    except requests.exceptions.SSLError as error:
        raise AnswerError(Fault.UNTRUSTED) from error
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
    """Answer wishes over one session: connections are kept, cookies are not."""
    with requests.Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

        def answer(wish: Mapping[str, Any]) -> Answer:
            where = {"tld": wish["tld"], "url": wish["url"], "limit_s": wish["limit_s"]}
            try:
                return Answer({}, fetch(session, wish["text"], **where))
            except AnswerError as error:
                facts = {"fault": error.fault, "status": error.status, "retry_after_s": error.retry_after_s}
                return Answer(facts)

        answer_wishes(answer)


if __name__ == "__main__":
    main()
