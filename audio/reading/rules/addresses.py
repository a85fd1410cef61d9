"""House numbers: `số 12/45` mười hai trên bốn mươi lăm, `hẻm 46/20/8`, `số nhà 12-14` mười hai, mười bốn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, LOWER_LETTERS, NOT_WORD, UPPER_LETTERS, spell
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import integer

if TYPE_CHECKING:
    from audio.reading.model import Scan

_PART = r"\d{1,4}[A-Za-zĐđ]?"
_HOUSE = re.compile(rf"{_PART}(?:(?:/|{DASH}){_PART}){{0,6}}+{NOT_WORD}(?!\s?%|/\d|,\d)")
_SIGNED = re.compile(rf"(\d+)([A-Za-zĐđ]?)|/|{DASH}")
_ROW = re.compile(rf"(\d+){DASH}(\d+)")
_NEIGHBOURS = 8
_LEAD = re.compile(
    r" (?:ngõ|ngách|hẻm|kiệt|số nhà|nhà số|đường số|lô|lô số|thửa|thửa số|tờ bản đồ số|địa chỉ|địa chỉ số|"
    r"căn hộ|ng\.|ngh\.|đ/c|"
    r"nhà)$"
)
_CLASS_LEAD = re.compile(r"(?<! giỗ) (?:lớp|các lớp|tổ|cụm|khu)$")
_NUMBER_LEAD = re.compile(r" (?:số|tại số)$")
_NAME = rf"[{UPPER_LETTERS}][{LOWER_LETTERS}]+"
_BARE = re.compile(
    rf"\d{{1,3}}[A-Z]?{DASH}\d{{1,3}}[A-Z]? (?!(?:Tháng|Năm|Ngày|Tuổi|Giờ|Lớp|Tổ) ){_NAME} {_NAME}"
)
_OPEN = re.compile(r"(?:\A|[\n,;:(]|\b(?:[Tt]ại|ở|nhà|về|đến|[Đđ]ường|phố|chỉ)) ?\Z")
_COUNTING = re.compile(r" (?:tần|chỉ|hệ|tỷ|tỉ|dân|tổng|mã|trị|thông|biển|con|doanh|một) số$")
_PLACE = re.compile(
    r"[^.;\n]{0,3}?\s(?:[A-ZĐÀ-Ỹ]|ngõ|ngách|hẻm|đường|phố|phường|tổ)|,?\s(?:ngõ|ngách|hẻm|đường|phố|"
    r"phường|tổ)"
)


def _said(written: str) -> str:
    """Say a house number part by part; far apart, two numbers are the ends of a row of houses."""
    if (row := _ROW.fullmatch(written)) and int(row[2]) - int(row[1]) > _NEIGHBOURS:
        return f"{integer(row[1])} đến {integer(row[2])}"
    said: list[str] = []
    for sign in _SIGNED.finditer(written):
        if not sign[1]:
            said.append("trên" if sign.group() == "/" else ",")
            continue
        said.append(integer(sign[1]))
        if sign[2]:
            said.append(spell(sign[2]))
    return " ".join(said).replace(" ,", ",")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a house number with slashes, dashes or letters in it."""
    found = _HOUSE.match(scan.text, position)
    if not found or found.group().isdigit():
        return None
    before = scan.before(position)
    if _BARE.match(scan.text, position) and _OPEN.search(scan.text, max(0, position - 12), position):
        return Claim(found.end(), _said(found.group()))
    if "/" in found.group() and _CLASS_LEAD.search(before):
        return Claim(found.end(), _said(found.group()))
    if _LEAD.search(before) or (
        _NUMBER_LEAD.search(before)
        and not _COUNTING.search(before)
        and _PLACE.match(scan.text, found.end(), found.end() + 24)
    ):
        return Claim(found.end(), _said(found.group()))
    return None


RULE = Rule(
    "address",
    DIGIT,
    match,
    (
        ("Số 12/45 ngõ 116", "Số mười hai trên bốn mươi lăm ngõ một trăm mười sáu"),
        ("số nhà 12-14", "số nhà mười hai, mười bốn"),
        ("ngõ 5A", "ngõ năm a"),
    ),
    behind="a/" + DASHES,
)
