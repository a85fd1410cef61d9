"""Telephone numbers and hotlines, said digit by digit in groups.

`024.3858.1234`, `(024) 3557 6789`, `+84 912 345 678`, `1900 9095`, `gọi 115`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.model import DIGIT, SYMBOL, Claim, Note, Rule
from audio.reading.numbers import digits, groups

if TYPE_CHECKING:
    from audio.reading.model import Scan

_SEP = r"[ .\-]{0,3}"
_END = rf"{NOT_WORD}(?![.,]\d)"
_AREA = rf"\(\+?\d{{2,4}}(?:[- .]\d{{1,3}})?\)\s?\d{{2,4}}(?:{_SEP}\d{{2,4}}){{1,3}}{_END}"
_COUNTRY = rf"84[-.]\d{{2,3}}[-.]\d{{3,8}}(?:{_SEP}\d{{2,4}}){{0,2}}{_END}"
_DATED = r"(?!0[1-9][.-](?:0[1-9]|1[0-2])[.-](?:19|20)\d\d(?!\d))"
_ENOUGH = rf"(?=(?:{_SEP}\d){{8}})"
_WHOLE = rf"{_DATED}{_ENOUGH}0\d{{1,4}}(?:{_SEP}\d{{2,4}}){{2,4}}{_END}|0\d{{8,10}}{_END}"
_ABROAD = rf"\+(?=(?:[ .()-]{{0,2}}\d){{9}})\d{{1,3}}(?:{_SEP}\(?\d{{1,4}}\)?){{2,5}}{_END}"
_SERVICE = rf"1[89]00(?:{_SEP}\d{{2,6}}){{1,2}}{_END}"
_NUMBER = re.compile(f"{_AREA}|{_ABROAD}|{_SERVICE}|{_COUNTRY}|{_WHOLE}")
_LOCAL = re.compile(rf"\d{{3,4}}(?:{_SEP}\d{{2,4}}){{1,3}}{_END}|\d{{3,}}{_END}")
_SHORT = re.compile(rf"(?:1[12]\d|10\d\d|156|80\d\d|1[89]00){_END}(?!\s?[%/-]|\s?\d)")
_SMS = re.compile(rf"\d{{3,4}}{_END}(?!\s?[%/-]|\s?\d)")
_TEXTED = re.compile(r" (?:nhắn tin|soạn tin|soạn|tin nhắn)\b[^.;!?\n]{0,40}\b(?:gửi|về|đến|tới|số)$")
_CALL = re.compile(
    r" (?:gọi|tổng đài|đường dây nóng|hotline|điện thoại|cấp cứu|số máy|cứu hỏa|cứu hoả|cứu hộ|chữa cháy|"
    r"đt|sđt|fax|báo cháy|báo ngay|tin báo|trình báo|khẩn cấp|"
    r"zalo|liên hệ|máy lẻ|cảnh sát|lực lượng|nhấn số|bấm số)\b(?:[^.;!?\n]|\.(?=\d)){0,44}$"
)
_DIRECT = re.compile(
    r" (?:số máy|máy lẻ|điện thoại|đt|sđt|hotline|fax|đường dây nóng|tổng đài|zalo|gọi|liên hệ số|dđ|tel|"
    r"đầu số)(?: số)?$"
)
_OFFICE = re.compile(r" (?:đường dây nóng|hotline|tổng đài|trực ban|phòng|ủy ban|ubnd|công an|trạm|đồn)\b")
_MOBILE = re.compile(r"0[35789]|\+84")
_MOBILE_DIGITS = 10
_LANDLINE = re.compile(r"02[48]\d{8}")
_AREA_FIRST = (3, 4, 4)
_KEYS = re.compile(r"[*#]{1,2}\d{1,4}(?:\*\d{1,20}){0,4}#(?!\w)")
_KEY = re.compile(r"\d+|[*#]")
_KEY_NAMES = {"*": "sao", "#": "thăng"}


def _notes(scan: Scan, position: int, end: int) -> tuple[Note, ...]:
    """Note a number that may be a person's own: a mobile number with no office beside it."""
    count = sum(map(str.isdigit, scan.text[position:end]))
    mobile = _MOBILE.match(scan.text, position, end) and count >= _MOBILE_DIGITS
    if not mobile or _OFFICE.search(scan.before(position)):
        return ()
    return (Note("personal_data", position, end),)


def _grouped(written: str) -> str:
    """Say a telephone number in the groups it was written in, or that people say it in."""
    if _LANDLINE.fullmatch(written):
        return digits(written, _AREA_FIRST)
    plus = "cộng " if written[0] == "+" else ""
    return plus + groups(written)


def _keys(written: str) -> str:
    """Say keys to press: `*101#` sao một không một thăng."""
    return " ".join(_KEY_NAMES.get(key) or digits(key) for key in _KEY.findall(written))


def _short(scan: Scan, position: int) -> Claim | None:
    """Claim a number that only the words before it make one to call or to write to."""
    before = scan.before(position)
    if (found := _SHORT.match(scan.text, position)) and _CALL.search(before):
        return Claim(found.end(), digits(found.group()))
    if (found := _SMS.match(scan.text, position)) and _TEXTED.search(before):
        return Claim(found.end(), digits(found.group()))
    if (found := _LOCAL.match(scan.text, position)) and _DIRECT.search(before):
        return Claim(found.end(), groups(found.group()))
    return None


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a telephone number, a hotline or keys to press."""
    text = scan.text
    if text[position] in "*#":
        keys = _KEYS.match(text, position)
        return Claim(keys.end(), _keys(keys.group())) if keys else None
    if text[position] not in "(+0123456789":
        return None
    if found := _NUMBER.match(text, position):
        return Claim(found.end(), _grouped(found.group()), notes=_notes(scan, position, found.end()))
    return _short(scan, position)


RULE = Rule(
    "phone",
    DIGIT + SYMBOL,
    match,
    (
        ("gọi 024.3858.1234", "gọi không hai bốn, ba tám năm tám, một hai ba bốn"),
        ("cấp cứu 115", "cấp cứu một một năm"),
        ("bấm *101#", "bấm sao một không một thăng"),
        ("tổng đài 1900 1234", "tổng đài một chín không không, một hai ba bốn"),
    ),
    signs="(+*#",
)
