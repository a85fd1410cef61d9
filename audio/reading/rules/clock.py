"""Times of the day and ranges of them: `19h30`, `7h-11h`, `17 giờ 30`, `8 giờ 00 phút`, `24/24 giờ`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, NOT_WORD, L
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import DIGITS, cardinal

if TYPE_CHECKING:
    from audio.reading.model import Scan

_MINUTES = r"(?P<{name}>[0-5]\d)(?!\d)(?!,\d)(?:\s?(?:phút|ph|p|['’]){end})?"
_HOUR = r"(?P<{name}>[01]?\d|2[0-4])"
_ONE = re.compile(
    _HOUR.format(name="h")
    + rf"(?:\s?(?:[hH]|giờ)\s?(?:{_MINUTES.format(name='m', end=NOT_WORD)})(?!\s?(?:{L}+)?/)"
    + rf"|g(?P<g>[0-5]\d)|g(?=\s(?:sáng|trưa|chiều|tối|đêm|ngày|kém))"
    rf"|g(?=\s?(?:{DASH}|đến|tới)\s?\d{{1,2}}(?:g|[hH])[0-5]\d)|[hH](?!{L}|\d))"
)
_LAP = re.compile(_HOUR.format(name="h") + r"h(?P<m>[0-5]\d)['’](?P<s>[0-5]\d)(?:''|[\"”″])")
_COLON = re.compile(
    _HOUR.format(name="h")
    + r":(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:])(?:\s?(?:giờ|h|(?P<half>[AaPp][Mm]))"
    + NOT_WORD
    + ")?"
)
_DASHED = re.compile(rf"(?P<part>\s(?:sáng|trưa|chiều|tối|đêm))?\s?{DASH}\s?(?=\d)")
_ALL_DAY = re.compile(rf"24\s?[hH]?\s?/\s?(?P<n>24|7)(?P<hours>\s?(?:[hH]|giờ){NOT_WORD})?(?![\d/])")
_BARE = re.compile(rf"(?P<a>[01]?\d|2[0-4])\s?{DASH}\s?(?=(?:[01]?\d|2[0-4])(?:[hH]|g[0-5]\d))")
_NOON, _EVENING = 12, 6
_RATIO_WORDS = (" tỷ số", " tỉ số", " tỷ lệ", " tỉ lệ", " thắng", " thua", " hòa", " hoà", " dẫn")


def _minutes(written: str | None) -> str:
    """Say minutes: none for 00, `05` không năm phút."""
    if not written or written == "00":
        return ""
    said = f"không {DIGITS[int(written)]}" if written[0] == "0" else cardinal(int(written))
    return f" {said} phút"


def _half(time: re.Match[str]) -> str:
    """Say which half of the day AM or PM means."""
    if not time["half"]:
        return ""
    if time["half"].lower() == "am":
        return " sáng"
    return " trưa" if int(time["h"]) == _NOON else " chiều" if int(time["h"]) < _EVENING else " tối"


_HOUR_ALONE = re.compile(_HOUR.format(name="h") + "g" + NOT_WORD)


def _time(text: str, position: int) -> tuple[int, str] | None:
    """Read one time of the day; give its end and its words."""
    if lap := _LAP.match(text, position):
        return lap.end(), f"{cardinal(int(lap['h']))} giờ{_minutes(lap['m'])} {cardinal(int(lap['s']))} giây"
    if found := _ONE.match(text, position):
        return found.end(), f"{cardinal(int(found['h']))} giờ{_minutes(found['m'] or found['g'])}"
    if found := _COLON.match(text, position):
        seconds = f" {cardinal(int(found['s']))} giây" if found["s"] else ""
        return found.end(), f"{cardinal(int(found['h']))} giờ{_minutes(found['m'])}{seconds}{_half(found)}"
    return None


def _to(text: str, end: int, first: str) -> Claim:
    """Claim a time and the one a dash leads to."""
    dash = _DASHED.match(text, end)
    second = _time(text, dash.end()) if dash else None
    if dash and not second and (hour := _HOUR_ALONE.match(text, dash.end())):
        second = hour.end(), f"{cardinal(int(hour['h']))} giờ"
    if not dash or not second:
        return Claim(end, first)
    return Claim(second[0], f"{first}{dash['part'] or ''} đến {second[1]}")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a time of the day."""
    text = scan.text
    if found := _ALL_DAY.match(text, position):
        hours = " giờ" if found["hours"] else ""
        return Claim(
            found.end(), f"hai mươi bốn trên {'bảy' if found['n'] == '7' else 'hai mươi bốn'}{hours}"
        )
    if found := _BARE.match(text, position):
        second = _time(text, found.end())
        return Claim(second[0], f"{cardinal(int(found['a']))} đến {second[1]}") if second else None
    time = _time(text, position)
    if time is None or scan.before(position).endswith(_RATIO_WORDS):
        return None
    return _to(text, *time)


RULE = Rule(
    "clock",
    DIGIT,
    match,
    (
        ("lúc 18h45", "lúc mười tám giờ bốn mươi lăm phút"),
        ("từ 7h-11h", "từ bảy giờ đến mười một giờ"),
        ("hồi 5h05", "hồi năm giờ không năm phút"),
        ("8 giờ 00 phút", "tám giờ"),
    ),
    behind="a :/" + DASHES,
)
