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
_WHOLE = rf"{_DATED}0\d{{1,4}}(?:{_SEP}\d{{2,4}}){{2,4}}{_END}|0\d{{8,10}}{_END}"
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


def _notes(scan: Scan, position: int, end: int) -> tuple[Note, ...]:
    """Note a number that may be a person's own: a mobile number with no office beside it."""
    count = sum(map(str.isdigit, scan.text[position:end]))
    mobile = _MOBILE.match(scan.text, position, end) and count >= _MOBILE_DIGITS
    if not mobile or _OFFICE.search(scan.before(position)):
        return ()
    return (Note("personal_data", position, end),)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a telephone number or a hotline."""
    text = scan.text
    if text[position] not in "(+0123456789":
        return None
    if found := _NUMBER.match(text, position):
        plus = "cộng " if found.group()[0] == "+" else ""
        return Claim(found.end(), plus + groups(found.group()), notes=_notes(scan, position, found.end()))
    if (found := _SHORT.match(text, position)) and _CALL.search(scan.before(position)):
        return Claim(found.end(), digits(found.group()))
    if (found := _SMS.match(text, position)) and _TEXTED.search(scan.before(position)):
        return Claim(found.end(), digits(found.group()))
    if (found := _LOCAL.match(text, position)) and _DIRECT.search(scan.before(position)):
        return Claim(found.end(), groups(found.group()))
    return None


RULE = Rule(
    "phone",
    DIGIT + SYMBOL,
    match,
    (
        ("gọi 024.3858.1234", "gọi không hai bốn, ba tám năm tám, một hai ba bốn"),
        ("cấp cứu 115", "cấp cứu một một năm"),
        ("tổng đài 1900 1234", "tổng đài một chín không không, một hai ba bốn"),
    ),
)
