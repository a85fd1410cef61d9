"""Web and mail addresses: `https://thanhxuan.hanoi.gov.vn`, `btg_quthanhxuan@hanoi.gov.vn`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.model import DIGIT, LOWER, SYMBOL, UPPER, Claim, Note, Rule
from audio.reading.numbers import digits
from audio.reading.weblabels import SIGNS, say

if TYPE_CHECKING:
    from audio.reading.model import Scan

_TOP = "vn|com|org|net|gov|edu|info|io|me|gl|ly|asia|app|dev|biz|tv|co|link|page|site|online|be"
_HOST = rf"[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,62}}[.]){{1,8}}(?:{_TOP}){NOT_WORD}"
_TAIL = r"(?::\d{2,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&*+=%-]{0,300})?"
_URL = re.compile(rf"(?:https?://|www\.)[A-Za-z0-9_.-]{{1,253}}{_TAIL}|{_HOST}{_TAIL}", re.IGNORECASE)
_MAIL = re.compile(
    rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}[A-Za-z]{{2,12}}{NOT_WORD}"
)
_HANDLE = re.compile(r"(?<![A-Za-z0-9])@[A-Za-z][A-Za-z0-9_]{1,30}(?:\.[A-Za-z0-9_]{1,30}){0,3}")
_SCHEME = re.compile(r"https?://|www\.", re.IGNORECASE)
_SIGN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z0-9]")
_OFFICIAL = re.compile(r"\.(?:gov|edu|org)\b|\bgov\.")


def _say(address: str) -> str:
    """Say an address label by label and sign by sign."""
    bare = _SCHEME.sub("", address.rstrip(".,;:!?-_/#&=~*$"))
    said = [
        SIGNS.get(sign, "") if not sign.isalnum() else digits(sign) if sign.isdigit() else say(sign)
        for sign in _SIGN.findall(bare)
    ]
    return " ".join(filter(None, said))


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a web or mail address."""
    if mail := _MAIL.match(scan.text, position):
        private = not _OFFICIAL.search(mail.group())
        notes = (Note("personal_data", position, mail.end()),) if private else ()
        return Claim(mail.end(), _say(mail.group()), notes=notes)
    if handle := _HANDLE.match(scan.text, position):
        return Claim(handle.end(), _say(handle.group()))
    found = _URL.match(scan.text, position)
    if not found:
        return None
    written = found.group().rstrip(".,;:!?-_#&=~*$")
    said = _say(written)
    return Claim(position + len(written), said) if said else None


RULE = Rule(
    "web",
    DIGIT + LOWER + UPPER + SYMBOL,
    match,
    (
        ("tại www.hanoi.gov.vn.", "tại Hà Nội chấm gờ o vê chấm vê nờ."),
        ("gửi phuong@hanoi.gov.vn", "gửi phường a còng Hà Nội chấm gờ o vê chấm vê nờ"),
    ),
    signs="@",
    behind="a.-_@+",
)
