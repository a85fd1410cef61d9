"""What came back from Google, looked at closely: 200 may bring no sound, a page, or half a sound."""

from __future__ import annotations

import base64
import binascii
import re
from email.utils import parsedate_to_datetime
from enum import StrEnum

from audio.voices.mp3_frames import walk

_LEAST_MS_A_WORD = 120
_FEW_WORDS = 4
_SOUND = re.compile(rb'jQ1olc","\[\\"([A-Za-z0-9+/=]*)\\"\]"')


class Fault(StrEnum):
    """What is wrong with an answer, or with the way to it."""

    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    THROTTLED = "throttled"
    REFUSED = "refused"
    NOT_SOUND = "not_sound"
    NO_SOUND = "no_sound"
    TRUNCATED = "truncated"


class AnswerError(Exception):
    """An answer that cannot be used; `status` is HTTP's, where there was one."""

    def __init__(self, fault: Fault, *, status: int | None = None, retry_after_s: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.status = status
        self.retry_after_s = retry_after_s


def check_status(status: int, retry_after: str | None = None, date: str | None = None) -> None:
    """Raise AnswerError for anything but 200; `retry_after` and `date` are the headers of those names."""
    if status == 429:  # noqa: PLR2004
        raise AnswerError(Fault.THROTTLED, status=status, retry_after_s=_seconds(retry_after, date))
    if status != 200:  # noqa: PLR2004
        raise AnswerError(Fault.REFUSED, status=status, retry_after_s=_seconds(retry_after, date))


def _seconds(retry_after: str | None, date: str | None) -> int:
    """Return the seconds that a server asks to be left alone: it names their number, or the end of them."""
    if retry_after is None or retry_after.isdigit():
        return int(retry_after or 0)
    try:
        asked = parsedate_to_datetime(retry_after) - parsedate_to_datetime(date or "")
    except (ValueError, TypeError):
        return 0
    return max(0, round(asked.total_seconds()))


def sound_of(body: bytes, text: str) -> bytes:
    """Return the MP3 that an answer holds for `text`, or raise AnswerError."""
    line = next((line for line in body.splitlines() if b"jQ1olc" in line), None)
    if line is None:
        raise AnswerError(Fault.NOT_SOUND)
    found = _SOUND.search(line)
    if found is None or not found.group(1):
        raise AnswerError(Fault.NO_SOUND)
    try:
        sound = base64.b64decode(found.group(1), validate=True)
    except binascii.Error as error:
        raise AnswerError(Fault.TRUNCATED) from error
    _check_whole(sound, text)
    return sound


def _check_whole(sound: bytes, text: str) -> None:
    """Refuse a sound that ends inside a frame, or is over sooner than anybody could say the words."""
    seen = walk(sound)
    if not seen.length_ms:
        raise AnswerError(Fault.NOT_SOUND)
    words = len(text.split())
    hurried = words >= _FEW_WORDS and seen.length_ms < words * _LEAST_MS_A_WORD
    if not seen.whole or hurried:
        raise AnswerError(Fault.TRUNCATED)
