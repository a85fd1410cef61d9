"""Numbers that name a person, an account or a file, said sign by sign.

`CCCD số 001085012345`, `mã hồ sơ H26-240115`, `STK 19034567`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD, spell
from audio.reading.model import DIGIT, UPPER, Claim, Note, Rule
from audio.reading.numbers import digits

if TYPE_CHECKING:
    from audio.reading.model import Scan

_CODE = re.compile(rf"[A-Z0-9]{{1,40}}+(?:[. -](?=[A-Z]?\d)[A-Z0-9]{{1,40}}+){{0,10}}+{NOT_WORD}(?![.,]\d)")
_PART = re.compile(r"\d+|[A-Z]+|[. -]")
_LEAD = re.compile(
    r" (?:tài khoản|stk|tk|cccd|cmnd|căn cước|căn cước công dân|mã số|mã số thuế|mst|mã định danh|định danh|"
    r"số thẻ|hồ sơ số|"
    r"mã hồ sơ|sổ đỏ|sổ hồng|mật khẩu|mã pin|mã otp|id|"
    r"mã cuộc họp|mã vận đơn|mã hđ|mã kh|mã khách hàng|mã học sinh|msbhxh|"
    r"hộ chiếu|mã bưu chính|mã số hồ sơ|mã số bhxh|thẻ bhyt|số sê ri|seri|số đăng ký|"
    r"chứng minh nhân dân)"
    r"(?: số)?$"
)
_SHORTEST = 5
_PERSONAL = re.compile(r"tài khoản|stk|\btk|cccd|cmnd|căn cước|định danh|thẻ|hộ chiếu|chứng minh")


def _say(written: str) -> str:
    """Say digits one by one and letters by name, with a pause at every sign between them."""
    said = [digits(part) if part.isdigit() else spell(part) or "," for part in _PART.findall(written)]
    return " ".join(said).replace(" ,", ",").strip(" ,")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a number that names somebody or something."""
    found = _CODE.match(scan.text, position)
    if not found or sum(map(str.isdigit, found.group())) < _SHORTEST:
        return None
    lead = _LEAD.search(scan.before(position))
    if not lead:
        return None
    personal = _PERSONAL.search(lead.group())
    notes = (Note("personal_data", position, found.end()),) if personal else ()
    return Claim(found.end(), _say(found.group()), notes=notes)


RULE = Rule(
    "identity",
    DIGIT + UPPER,
    match,
    (
        (
            "CCCD số 001085012345",
            "căn cước công dân số không không một, không tám năm, không một hai, ba bốn năm",
        ),
        ("mã hồ sơ H26-240115", "mã hồ sơ hát hai sáu, hai bốn không, một một năm"),
    ),
)
