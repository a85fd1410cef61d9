"""Dates, months and quarters with their year, and ranges of days.

`09/6/2021` chín tháng sáu năm hai nghìn không trăm hai mươi mốt, `20-25/11/2024`, `12-9-2024`, `21.6.2025`,
`tháng 9/2024`, `quý 3/2025`. A pair without a year is a date where the words around say so; see fractions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, NOT_WORD
from audio.reading.calendar_words import day_month, is_day, is_famous, month, year
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import cardinal
from audio.reading.rules.scores import GAME
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1\d{3}|20\d{2}|21\d{2})"
_MARGIN = 6
_LARGEST_EVERYDAY = 4
_END = r"(?![\d/]|[.,-]\d)"
_FULL = re.compile(rf"(?P<d>{_DAY})\s?(?P<s>[/.-])\s?(?P<m>{_MONTH})\s?(?P=s)\s?(?P<y>{_YEAR}|\d\d){_END}")
_ISO = re.compile(rf"(?P<y>{_YEAR})(?P<s>[-/])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01]){_END}")
_DAYS = re.compile(
    rf"(?P<a>{_DAY})\s?{DASH}\s?(?P<d>{_DAY})/(?P<m>{_MONTH})(?:/(?P<y>{_YEAR}))?{_END}",
)
_SHORT = rf"{_DAY}/{_MONTH}(?:/{_YEAR})?"
_SPAN = re.compile(rf"(?P<a>{_SHORT})\s?{DASH}\s?(?P<b>{_SHORT}){_END}")
_MONTH_YEAR = re.compile(rf"(?P<m>{_MONTH})\s?[/-]\s?(?P<y>{_YEAR}){_END}")
_MONTHS_YEAR = re.compile(rf"(?P<a>{_MONTH})\s?{DASH}\s?(?P<m>{_MONTH})/(?P<y>{_YEAR}){_END}")
_PAIR = re.compile(rf"(?P<d>{_DAY})\s?(?P<s>[/-])\s?(?P<m>{_MONTH}){_END}")

_DOTTED = re.compile(rf"(?P<d>{_DAY})\.(?P<m>{_MONTH})(?!\d|[.,/]\d)")

_DAY_WORDS = endings(
    "ngày|mùng|mồng|sáng|chiều|tối|trưa|đêm|hôm|hôm nay|dịp|lễ|tết|rằm|kỷ niệm|âm lịch|dương lịch|"
    "thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|chủ nhật|thứ 2|thứ 3|thứ 4|thứ 5|thứ 6|thứ 7|cn|"
    "quốc khánh|ngày,|hai,|ba,|tư,|năm,|sáu,|bảy,|nhật,"
)
_EDGE_WORDS = endings(
    "từ|đến|tới|trước|sau|vào|hết|qua|và|hôm|khai giảng|khai mạc|bế mạc|ra quân|khai trương|kết thúc|"
    "bắt đầu|chào mừng|diễn ra|hạn|hạn cuối|hạn nộp|hạn chót|muộn nhất|chậm nhất|chào mừng ngày"
)
_NAMES_DAY = re.compile(rf"\s?(?:{DASH}|:)\s?(?:ngày|lễ|tết) ")
_SHARE_WORDS = endings(
    "chiếm|bằng|tỷ lệ|tỉ lệ|chọi|xác suất|tương đương|chỉ còn|giảm còn|xấp xỉ|thứ|trang|tờ|hệ|"
    "thị lực|trình độ|mắt"
)
_SCALES = frozenset({("1", "1000"), ("1", "2000")})
_SCALED = endings("tỷ lệ|tỉ lệ|bản đồ|quy hoạch|quy mô|tỷ lệ là|tỉ lệ là")
_DOSES = re.compile(
    r"\s(?:viên|lần|gói|ống|bữa|giọt|thìa|muỗng|cốc|lít|tiếng|giờ|buổi|ca|chuyến|lượt|ly|quả|m[lg])\b"
)
_ALONE_BEFORE = re.compile(r"(?:\A|[\n|])[ \t]*\Z")
_ALONE_AFTER = re.compile(r"[ \t]*(?:\Z|[\n|])")
_NAMED_DAY = re.compile(r" ngày [^.;:\d]{2,40}$")
_LISTED_DAYS = re.compile(r" ngày \d{1,2}(?:, \d{1,2})*(?:,| và| đến| tới)$")
_LUNAR = re.compile(r"\s?\(?(?:âm lịch|âm\b(?! (?:tính|thanh|nhạc|đạo|độ))|al\b|âl\b|dl\b|dương lịch)")
_MOON = re.compile(r"\s?\(?(?:âm lịch|al\b|âl\b|âm\b)")
_CALENDAR = re.compile(rf"\s?(?P<bracket>\()?(?P<sign>[ÂAD]L){NOT_WORD}(?(bracket)\))")
_CALENDARS = {"ÂL": "âm lịch", "AL": "âm lịch", "DL": "dương lịch"}
_COUNTED = re.compile(
    r"\s(?:số|diện tích|tổng|dân số|đại biểu|hộ|thành viên|phiếu|tiêu chí|chỉ tiêu|tổ|thôn|xã|phường|"
    r"người|học sinh|"
    r"đồng chí|cán bộ|đảng viên|hội viên|chi bộ|trường|nội dung|nhiệm vụ|công trình|dự án|hồ sơ|khu|cụm|"
    r"tuyến|điểm|câu|"
    r"chiều|thời gian|lượng|vốn|công suất|nhu cầu|ca|giải|huy chương|đội|trận|quân số|lực lượng|mục tiêu|"
    r"đơn vị|căn|"
    r"suất|lớp|bài|giờ|xe|nhà|mẫu|cơ sở|trạm|bệnh nhân|trẻ|cháu|thửa|sản phẩm|kế hoạch|chặng|quãng|đường|"
    r"đời|quận|"
    r"huyện|tỉnh|tháng|năm|tuần|khóa|bộ|cái|chiếc|số phiếu|ý kiến|ngõ|ngách|phố|hạng mục|gói|tầng|cử tri)"
)


def _short(written: str) -> str:
    """Say a day and month, with or without a year."""
    day, of_month, *rest = written.split("/")
    return " ".join((day_month(day, of_month), *(year(y) for y in rest)))


def _are_holidays(first: str, second: str) -> bool:
    """Tell whether two days are two holidays, like `30/4 - 1/5`, rather than the ends of a range."""
    return all(written.count("/") == 1 and is_famous(*written.split("/")) for written in (first, second))


def _full(scan: Scan, position: int) -> Claim | None:
    """Claim a day, month and year."""
    found = _FULL.match(scan.text, position) or _ISO.match(scan.text, position)
    if not found:
        return None
    if len(found["y"]) == 2 and found["s"] != "/" and not scan.before(position).endswith(_DAY_WORDS):  # noqa: PLR2004
        return None
    return Claim(found.end(), f"{day_month(found['d'], found['m'])} {year(found['y'])}")


def _days(scan: Scan, position: int) -> Claim | None:
    """Claim a range of days of one month, or of months of one year, or from date to date."""
    text = scan.text
    if found := _SPAN.match(text, position):
        joint = ", " if _are_holidays(found["a"], found["b"]) else " đến "
        return Claim(found.end(), joint.join((_short(found["a"]), _short(found["b"]))))
    if found := _DAYS.match(text, position):
        ending = f" {year(found['y'])}" if found["y"] else ""
        first = cardinal(int(found["a"]))
        return Claim(found.end(), f"{first} đến {day_month(found['d'], found['m'])}{ending}")
    if (found := _MONTHS_YEAR.match(text, position)) and scan.before(position).endswith((" tháng", " quý")):
        return Claim(
            found.end(), f"{cardinal(int(found['a']))} đến {cardinal(int(found['m']))} {year(found['y'])}"
        )
    return None


def _month_year(scan: Scan, position: int) -> Claim | None:
    """Claim a month, quarter or number of the year."""
    found = _MONTH_YEAR.match(scan.text, position)
    if not found:
        return None
    before = scan.before(position)
    if (found["m"], found["y"]) in _SCALES and not before.endswith((" tháng", " từ", " đến", " trước")):
        return None
    if before.endswith(_SCALED):
        return None
    if before.endswith(" tháng"):
        return Claim(found.end(), f"{month(found['m']).removeprefix('tháng ')} {year(found['y'])}")
    if before.endswith((" quý", " số", " đợt", " kỳ", " lần", " khóa")):
        return Claim(found.end(), f"{cardinal(int(found['m']))} {year(found['y'])}")
    return Claim(found.end(), f"{month(found['m'])} {year(found['y'])}")


def _stands_as_date(pair: re.Match[str], before: str) -> bool:
    """Tell whether a pair no counted thing follows is a day and a month."""
    if pair["s"] == "-":
        if _LISTED_DAYS.search(before):
            return True
        led = int(pair["d"]) > int(pair["m"]) or _NAMED_DAY.search(before) is not None
        return led and is_famous(pair["d"], pair["m"]) and not GAME.search(before)
    if before.endswith(_SHARE_WORDS):
        return False
    if is_famous(pair["d"], pair["m"]) or "0" in {pair["d"][0], pair["m"][0]} or before.endswith(_EDGE_WORDS):
        return True
    return int(pair["d"]) > int(pair["m"])


def _is_alone(text: str, position: int, pair: re.Match[str]) -> bool:
    """Tell whether a pair with a slash is all there is on its line or in its field of a table."""
    if pair["s"] != "/" or not _ALONE_AFTER.match(text, pair.end()):
        return False
    return _ALONE_BEFORE.search(text, max(0, position - _MARGIN), position) is not None


def is_date(scan: Scan, position: int, pair: re.Match[str]) -> bool:
    """Tell whether a pair like `8/3` is a day and a month, by the words around it."""
    if not is_day(pair["d"], pair["m"]):
        return False
    before = scan.before(position)
    after = scan.after(pair.end())
    if _LUNAR.match(after):
        return True
    if pair["s"] == "-" and _DOSES.match(after):
        return False
    counted = _COUNTED.match(after) or after.startswith(" tháng")
    if (before.endswith(_DAY_WORDS) and not after.startswith(" tháng")) or _NAMES_DAY.match(after):
        return True
    if _is_alone(scan.text, position, pair):
        return not int(pair["d"]) < int(pair["m"]) <= _LARGEST_EVERYDAY
    return not counted and _stands_as_date(pair, before)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a date, and the short word for its calendar behind it."""
    claim = _date(scan, position)
    calendar = _CALENDAR.match(scan.text, claim.end) if claim else None
    if not claim or not calendar:
        return claim
    return Claim(calendar.end(), f"{claim.spoken} {_CALENDARS[calendar['sign']]}")


def _date(scan: Scan, position: int) -> Claim | None:
    """Claim the date itself."""
    claim = _days(scan, position) or _full(scan, position) or _month_year(scan, position)
    if claim:
        return claim
    dotted = _DOTTED.match(scan.text, position)
    if dotted and scan.before(position).endswith(" ngày"):
        return Claim(dotted.end(), day_month(dotted["d"], dotted["m"]))
    pair = _PAIR.match(scan.text, position)
    if pair and is_date(scan, position, pair):
        lunar = _MOON.match(scan.after(pair.end())) is not None
        return Claim(pair.end(), day_month(pair["d"], pair["m"], lunar=lunar))
    return None


RULE = Rule(
    "date",
    DIGIT,
    match,
    (
        ("ngày 09/6/2021", "ngày chín tháng sáu năm hai nghìn không trăm hai mươi mốt"),
        ("từ ngày 20-25/11", "từ ngày hai mươi đến hai mươi lăm tháng mười một"),
        ("tháng 4/2024", "tháng tư năm hai nghìn không trăm hai mươi tư"),
        ("15/8 âm lịch", "mười lăm tháng tám âm lịch"),
    ),
    behind="/. " + DASHES,
)
