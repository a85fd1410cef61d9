"""Weekdays and months behind a capital T: `sáng T2` sáng thứ hai, `T2-T6`, `T9/2025` tháng chín năm…."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, NOT_WORD
from audio.reading.calendar_words import month, year
from audio.reading.model import UPPER, Claim, Rule
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_NAMES = {"2": "thứ hai", "3": "thứ ba", "4": "thứ tư", "5": "thứ năm", "6": "thứ sáu", "7": "thứ bảy"}
_MONTH = re.compile(rf"T\.?\s?(?P<month>0?[1-9]|1[0-2])\s?[/-]\s?(?P<year>(?:19|20)\d\d){NOT_WORD}")
_ROW = re.compile(rf"T(?P<first>[2-7])\s?{DASH}\s?(?:T(?P<last>[2-7])|CN){NOT_WORD}")
_DAY = re.compile(rf"T(?P<day>[2-7]){NOT_WORD}")
_MONTH_ALONE = re.compile(rf"T(?P<month>1[0-2]|[1-9]){NOT_WORD}(?!/)")
_PARTS_OF_MONTH = endings("rằm|đầu|giữa|cuối|trong|hết")
_LEADS = endings(
    "sáng|trưa|chiều|tối|đêm|ngày|vào|từ|đến|hằng tuần|hàng tuần|các ngày|trừ|nghỉ|trước|sau|"
    "phút|giờ|h|h00|h30|h15|h45|00|30|15|45"
)
_AFTER_DAY = re.compile(r" t[2-7]\b(?!.* (?:tòa|nhà|block|căn|khu)$)")
_BEFORE_DATE = re.compile(
    r"\s?[,(]?\s?(?:ngày\b|\d{1,2}/\d|t[2-7]\b|cn\b|và t[2-7]\b|và cn\b|hằng tuần|hàng tuần)"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a month with its year, a row of weekdays, or a weekday where the words around ask for one."""
    text = scan.text
    if found := _MONTH.match(text, position):
        return Claim(found.end(), f"{month(found['month'])} {year(found['year'])}")
    if found := _ROW.match(text, position):
        last = _NAMES[found["last"]] if found["last"] else "chủ nhật"
        return Claim(found.end(), f"{_NAMES[found['first']]} đến {last}")
    before = scan.before(position)
    if (found := _MONTH_ALONE.match(text, position)) and before.endswith(_PARTS_OF_MONTH):
        return Claim(found.end(), month(found["month"]))
    found = _DAY.match(text, position)
    if not found:
        return None
    if before.endswith(_LEADS) or _AFTER_DAY.search(before) or _BEFORE_DATE.match(scan.after(found.end())):
        return Claim(found.end(), _NAMES[found["day"]])
    return None


RULE = Rule(
    "weekday",
    UPPER,
    match,
    (
        ("sáng T2, chiều T4, T7", "sáng thứ hai, chiều thứ tư, thứ bảy"),
        ("từ T3 - T6", "từ thứ ba đến thứ sáu"),
        ("trong T9/2025", "trong tháng chín năm hai nghìn không trăm hai mươi lăm"),
    ),
)
