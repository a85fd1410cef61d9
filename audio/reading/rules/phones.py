"""Telephone numbers, hotlines and other numbers said digit by digit, in groups.

`024.3858.1234`, `(024) 3557 6789`, `+84 912 345 678`, `1900 9095`, `gọi 115`, `số tài khoản 123456789`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD
from audio.reading.model import DIGIT, SYMBOL, Claim, Note, Rule
from audio.reading.numbers import digits

if TYPE_CHECKING:
    from audio.reading.model import Scan

_SEP = r"[ .\-]{0,3}"
_END = rf"{NOT_WORD}(?![.,]\d)"
_AREA = rf"\((?P<area>\+?\d{{2,4}})\)\s?(?P<rest>\d{{3,4}}(?:{_SEP}\d{{2,4}}){{1,3}}){_END}"
_WHOLE = rf"0\d{{1,4}}(?:{_SEP}\d{{2,4}}){{2,4}}{_END}|0\d{{8,10}}{_END}"
_ABROAD = rf"\+\d{{1,3}}(?:{_SEP}\(?\d{{1,4}}\)?){{2,5}}{_END}"
_SERVICE = rf"1[89]00(?:{_SEP}\d{{2,6}}){{1,2}}{_END}"
_NUMBER = re.compile(f"{_AREA}|{_ABROAD}|{_SERVICE}|{_WHOLE}")
_LOCAL = re.compile(rf"\d{{3,4}}(?:{_SEP}\d{{2,4}}){{1,3}}{_END}|\d{{3,}}{_END}")
_SHORT = re.compile(rf"(?:11[0-9]|10[0-9]{{2}}|156|80[0-9]{{2}}|12[0-9]|1[89]00){_END}(?!\s?[%/-]|\s?\d)")
_SPLIT = re.compile(r"\D+")
_CALL = re.compile(
    r"(?: gọi| tổng đài| đường dây nóng| hotline| điện thoại| cấp cứu| số máy| cứu hỏa| cứu hoả| cứu hộ| chữa cháy| đt\b| sđt\b|"
    r" fax| zalo| liên hệ| máy lẻ| cảnh sát| lực lượng| nhấn số| bấm số| sms)[^.;!?\n]{0,36}$"
)
_DIRECT = re.compile(
    r" (?:số máy|máy lẻ|điện thoại|đt|sđt|hotline|fax|đường dây nóng|tổng đài|zalo|gọi|gọi số|điện thoại số|liên hệ số|"
    r"dđ|tel|số điện thoại|đầu số)(?: số)?$"
)
_IDENTITY = re.compile(
    r" (?:tài khoản|stk|cccd|cmnd|căn cước|căn cước công dân|mã số|mã số thuế|mst|mã định danh|định danh|số thẻ|"
    r"mã hồ sơ|hộ chiếu|mã bưu chính|mã|mã số bhxh|số thẻ bhyt|mã qr|số sê ri|seri|số đăng ký)(?: số)?$"
)
_OPEN = re.compile(r" (?:đường dây nóng|hotline|tổng đài|trực ban|phòng|ủy ban|ubnd|công an|trạm|đồn)\b")
_PRIVATE_LENGTHS = frozenset({9, 12})


def _groups(written: str) -> str:
    """Say the digits, with a pause where they were written apart."""
    return ", ".join(digits(group) for group in _SPLIT.split(written) if group)


def _notes(scan: Scan, position: int, end: int) -> tuple[Note, ...]:
    """Note a number that may be a person's own: a mobile number with no office beside it."""
    count = sum(map(str.isdigit, scan.text[position:end]))
    mobile = re.match(r"0[35789]|\+84", scan.text[position:end]) and count >= 10  # noqa: PLR2004
    if not mobile or _OPEN.search(scan.before(position)):
        return ()
    return (Note("personal_data", position, end),)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a telephone number, a hotline, an account or an identity number."""
    text = scan.text
    if scan.text[position] not in "(+0123456789":
        return None
    if found := _NUMBER.match(text, position):
        plus = "cộng " if found.group()[0] == "+" else ""
        return Claim(found.end(), plus + _groups(found.group()), notes=_notes(scan, position, found.end()))
    if not text[position].isdigit():
        return None
    before = scan.before(position)
    if (found := _SHORT.match(text, position)) and _CALL.search(before):
        return Claim(found.end(), digits(found.group()))
    if (found := _LOCAL.match(text, position)) and (_DIRECT.search(before) or _IDENTITY.search(before)):
        count = sum(map(str.isdigit, found.group()))
        private = _IDENTITY.search(before) and (count in _PRIVATE_LENGTHS or "tài khoản" in before)
        notes = (Note("personal_data", position, found.end()),) if private else ()
        return Claim(found.end(), _groups(found.group()), notes=notes)
    return None


RULE = Rule(
    "phone",
    DIGIT + SYMBOL,
    match,
    (
        ("gọi 024.3858.1234", "gọi không hai bốn, ba tám năm tám, một hai ba bốn"),
        ("cấp cứu 115", "cấp cứu một một năm"),
        ("tổng đài 1900 9095", "tổng đài một chín không không, chín không chín năm"),
    ),
)
