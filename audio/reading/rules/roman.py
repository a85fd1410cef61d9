"""Roman numerals.

`khóa XII` mười hai, `II. NỘI DUNG` hai, `quý III/2025` ba năm hai nghìn không trăm hai mươi lăm, `phần IV.2`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, NOT_WORD, spell
from audio.reading.calendar_words import year
from audio.reading.model import UPPER, Claim, Rule
from audio.reading.numbers import cardinal, integer
from audio.reading.rules.enumerations import starts_line
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_ROMAN = re.compile(
    rf"(?=[IVXLCDM])M{{0,3}}(?:CM|CD|D?C{{0,3}})(?:XC|XL|L?X{{0,3}})(?:IX|IV|V?I{{0,3}}){NOT_WORD}"
)
_YEAR = re.compile(r"\s?[/-]\s?(?P<year>(?:19|20)\d\d)(?!\d)")
_PARTS = re.compile(r"(?:\.\d{1,2})*[.)/]?(?=\s)")
_TO = re.compile(rf"\s?{DASH}\s?(?=[IVX]+{NOT_WORD})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_LEADS = endings(
    "khóa|khoá|kỳ|kì|thứ|quý|hội|chương|phần|mục|điều|loại|cấp|hạng|nhóm|vùng|tập|bậc|đoạn|kỷ|lần|đợt|"
    "vòng|hk|phụ lục|vực|ban|khu|độ|bảng|mức|tổ|khối|quyển|bước|quý i,|quý ii,|và|đến|liên khu|quân khu|"
    "hùng vương|thế chiến|type|týp|bộ|giai đoạn|hội nghị|học kỳ|kì|thời kỳ|đường|tuyến|trạm|nhà máy"
)
_LISTED = re.compile(rf"(?:,|;| và| hoặc) [IVX]{{2,}}{NOT_WORD}")
_AFTER_OTHERS = re.compile(r" [ivx]+(?:,| và| hoặc| đến)$")
_LARGE = re.compile(r"[IVX]{2}")
_DOTTED = re.compile(r"(?P<numbers>(?:\.\d{1,2})+)(?:\.(?P<item>[a-zđ])(?=\W))?(?!\.?\d)")
_ALONE = re.compile(r"[IVX]{2,}")


def value_of(roman: str) -> int:
    """Give the value of a Roman numeral."""
    values = [_VALUES[letter] for letter in roman]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _is_numeral(scan: Scan, position: int, roman: str) -> bool:
    """Tell whether capitals that could be a numeral are one."""
    if _ALONE.fullmatch(roman):
        return True
    before = scan.before(position)
    if roman in "IVX" and (_LISTED.match(scan.text, position + 1) or _AFTER_OTHERS.search(before)):
        return True
    return (roman in "IVX" or _LARGE.search(roman) is not None) and before.endswith(_LEADS)


def _said(roman: str, before: str) -> str:
    """Say a numeral; after thứ and quý the fourth is tư, and after thứ the first is nhất."""
    ordinals = {1: "nhất", 4: "tư"} if before.endswith(" thứ") else {}
    return ordinals.get(value_of(roman)) or cardinal(value_of(roman))


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a Roman numeral."""
    text = scan.text
    found = _ROMAN.match(text, position)
    if not found or not found.group():
        return None
    roman, end = found.group(), found.end()
    parts = _PARTS.match(text, end)
    if parts and parts.group() and roman[0] in "IVX" and starts_line(text, position):
        tail = "".join(f" chấm {cardinal(int(part))}" for part in re.findall(r"\d+", parts.group()))
        return Claim(parts.end(), cardinal(value_of(roman)) + tail, after=",")
    if not _is_numeral(scan, position, roman):
        return None
    said = _said(roman, scan.before(position))
    if ranged := _TO.match(text, end):
        last = _ROMAN.match(text, ranged.end())
        if last:
            end, said = last.end(), f"{said} đến {cardinal(value_of(last.group()))}"
    if dotted := _DOTTED.match(text, end):
        numbers = "".join(f" chấm {integer(part)}" for part in dotted["numbers"][1:].split("."))
        item = f" {spell(dotted['item'])}" if dotted["item"] else ""
        end, said = dotted.end(), said + numbers + item
    if dated := _YEAR.match(text, end):
        return Claim(dated.end(), f"{said} {year(dated['year'])}")
    return Claim(end, said)


RULE = Rule(
    "roman",
    UPPER,
    match,
    (
        ("khóa XII", "khóa mười hai"),
        ("II. NỘI DUNG", "hai, Nội dung"),
        ("quý III/2025", "quý ba năm hai nghìn không trăm hai mươi lăm"),
    ),
)
