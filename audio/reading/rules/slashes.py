"""A slash that means per: `học sinh/lớp` học sinh trên lớp, `bác sĩ/vạn dân`, `tạ/ha`, `mm/2 ngày`.

An average per person is one per head: `thu nhập bình quân/người` thu nhập bình quân đầu người.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS, L
from audio.reading.measures import UNITS, alternatives
from audio.reading.model import SYMBOL, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_COUNTED = (
    "người|hộ|năm|tháng|tuần|ngày|giờ|phút|giây|quý|vụ|lần|lượt|buổi|đợt|kỳ|suất|cháu|học sinh|sinh viên|"
    "em|trẻ|bé|"
    "vạn|nghìn|ngàn|triệu|ca|cặp|con|cây|sào|mẫu|tạ|tấn|yến|xe|chuyến|khẩu|nhân khẩu|đầu|gia đình|phòng|"
    "căn|lớp|"
    "phụ nữ|bà mẹ|hồ sơ|trường hợp|cơ sở|mét|lít|ki lô|khóa|đơn vị|thành viên|hội viên|đảng viên|chi bộ|"
    "lao động|"
    "công|bộ|cái|chiếc|viên|mũi|liều|tiết|môn|gói|hộp|chai|bao|công nhân|cán bộ|đại biểu|đối tượng|"
    "mô hình|giải|đội|vé|km|tổng|tiết học|ngày đêm|chuyên đề|PN|HS|BN|NLĐ|LĐ|thẻ|phiếu|bàn|"
    "dân|mâm|ki ốt|gian hàng|cổng|máy|tiêu chí|bệnh nhân|giường|m|ha|kg"
)
_PEOPLE = "dân|người|trẻ|phụ nữ|hộ dân"
_PER = re.compile(
    rf"/\s?(?=(?:{_COUNTED})(?![{LETTERS}])|(?:{alternatives(UNITS)}|\d{{1,2}}\s?(?:{_COUNTED})"
    rf"|\d[\d.]{{0,9}}\s?(?:{_PEOPLE}))(?![{LETTERS}]))",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"/\s?(?P<unit>{alternatives(UNITS)})(?![{LETTERS}])")
_PLACES = "tổ dân phố|tổ|thôn|xóm|xã|phường|quận|huyện|cụm|khu|điểm|nhóm|chi hội|chi đoàn|địa bàn|TDP"
_PER_PLACE = re.compile(rf"/\s?(?:{_PLACES})(?![{LETTERS}])", re.IGNORECASE)
_PLACE_BEFORE = re.compile(
    rf" (?:{_PLACES}|thị trấn|thị xã|bản|ấp|ban|ngành|khối|đoàn thể|cấp)$", re.IGNORECASE
)
_COUNT = re.compile(r"[0-9]\s[^.,;:()\n]*$")
_PRICED = re.compile(r"(?: đồng|%|đ|₫| usd| vnd| vnđ| lượt|\d(?:k|tr|trđ)|\d (?:nghìn|ngàn|triệu|tỷ))$")
_QUANTITY = re.compile(
    r"(?:[0-9%²³]|bình quân|tỷ lệ|tỉ lệ|mức|giá|số|mật độ|thu nhập|suất|đồng|lít|mét|kg|lượt|lần|"
    r"tối thiểu|tối đa|trung bình)"
    r"[^.;\n]*$"
)
_PER_HEAD = re.compile(r"/\s?(?:đầu )?(?=người)")
_BEFORE = re.compile(rf"[%²³đ₫\w)'’]\s?$|{L}\s?$")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a slash that means per."""
    if scan.text[position] != "/" or not _BEFORE.search(scan.text, max(0, position - 2), position):
        return None
    before = scan.before(position)
    if before.endswith(" bình quân") and (head := _PER_HEAD.match(scan.text, position)):
        return Claim(head.end(), "đầu")
    if unit := _UNIT.match(scan.text, position):
        return Claim(unit.end(), f"trên {UNITS[unit['unit']]}") if _QUANTITY.search(before) else None
    if _PRICED.search(before) or (_PER.match(scan.text, position) and _QUANTITY.search(before)):
        return Claim(position + 1, "trên")
    if _PER_PLACE.match(scan.text, position) and _COUNT.search(before) and not _PLACE_BEFORE.search(before):
        return Claim(position + 1, "trên")
    return None


RULE = Rule(
    "per",
    SYMBOL,
    match,
    (
        ("30 học sinh/lớp", "ba mươi học sinh trên lớp"),
        ("12 bác sĩ/vạn dân", "mười hai bác sĩ trên vạn dân"),
        ("nước dùng bình quân/người", "nước dùng bình quân đầu người"),
    ),
    signs="/",
)
