"""Signs that are said: `&` và, `+` cộng, `=` bằng, `×` nhân, `≥` lớn hơn hoặc bằng, a lone `%` phần trăm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, LETTERS
from audio.reading.model import SYMBOL, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_ALWAYS = {
    "&": "và", "%": "phần trăm", "‰": "phần nghìn", "₫": "đồng", "€": "ơ rô", "$": "đô la Mỹ",
    "£": "bảng Anh", "¥": "yên", "₩": "uôn", "฿": "bạt",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "°": "độ", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "÷": "chia", "@": "a còng", "§": "mục", "α": "an pha",
    "β": "bê ta", "γ": "gam ma", "Ω": "ôm", "²": "bình phương", "³": "lập phương", "µ": "mi crô",
    "π": "pi",
}  # fmt: skip
_BETWEEN = {"+": "cộng", "=": "bằng", "×": "nhân", "<": "dưới", ">": "trên", "~": "khoảng", "^": "mũ"}
SAID = (*_ALWAYS, *_BETWEEN)
_RESULT = re.compile(rf"\((?P<sign>\+|{DASH})\)")
_TESTED = re.compile(r" (?:kết quả|xét nghiệm|test|hbsag|hiv)\b[^.;\n]{0,30}$")
_NUMBER = re.compile(r" ?\d")
_NEXT = re.compile(rf" ?[0-9{LETTERS}]")
_LAST = re.compile(rf"[0-9²³{LETTERS}] ?\Z")
_COMPARED = re.compile(r"[<>]=(?= ?\d)")
_UP_TO = re.compile(rf"\d{DASH}\Z")
_MORE = re.compile(r"\+(?:[\s,.;)]|\Z)")
_RISE = re.compile(r"\+\d")


def _plus(scan: Scan, position: int) -> bool:
    """Tell whether a plus is said: between two words, behind a number (`6.5+`), in brackets (`(+15%)`)."""
    before = scan.text[position - 1 : position]
    if before.isdigit() and _MORE.match(scan.text, position):
        return True
    return _joins(scan, position) or (before == "(" and _RISE.match(scan.text, position) is not None)


def _joins(scan: Scan, position: int) -> bool:
    """Tell whether a sign stands between two words or numbers."""
    left = _LAST.search(scan.text, max(0, position - 2), position)
    return left is not None and _NEXT.match(scan.text, position + 1) is not None


def _compared(scan: Scan, position: int) -> Claim | None:
    """Claim `<`, `>`, `~` before a number: `< 5` dưới năm, `5-<12` năm đến dưới mười hai, `>= 5`."""
    text, sign = scan.text, scan.text[position]
    if found := _COMPARED.match(text, position):
        return Claim(found.end(), _ALWAYS["≥" if sign == ">" else "≤"])
    if not _NUMBER.match(text, position + 1):
        return None
    to = "đến " if sign == "<" and _UP_TO.search(text, max(0, position - 2), position) else ""
    return Claim(position + 1, to + _BETWEEN[sign])


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a sign that has a word."""
    sign = scan.text[position]
    if (found := _RESULT.match(scan.text, position)) and _TESTED.search(scan.before(position)):
        return Claim(found.end(), "dương tính" if found["sign"] == "+" else "âm tính")
    if sign in _ALWAYS:
        return Claim(position + 1, _ALWAYS[sign])
    if sign in "<>~":
        return _compared(scan, position)
    said = _plus(scan, position) if sign == "+" else sign in _BETWEEN and _joins(scan, position)
    return Claim(position + 1, _BETWEEN[sign]) if said else None


RULE = Rule(
    "symbol",
    SYMBOL,
    match,
    (
        ("nhà A & nhà E", "nhà a và nhà e"),
        ("tính bằng %", "tính bằng phần trăm"),
        ("pH ≥ 7", "pê hát lớn hơn hoặc bằng bảy"),
    ),
)
