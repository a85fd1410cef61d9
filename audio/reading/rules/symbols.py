"""Signs that are said: `&` và, `+` cộng, `=` bằng, `×` nhân, `≥` lớn hơn hoặc bằng, a lone `%` phần trăm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import LETTERS
from audio.reading.model import SYMBOL, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_ALWAYS = {
    "&": "và", "%": "phần trăm", "‰": "phần nghìn", "₫": "đồng", "€": "ơ rô", "$": "đô la Mỹ",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "°": "độ", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "÷": "chia", "@": "a còng", "§": "mục", "α": "an pha",
    "β": "bê ta", "γ": "gam ma", "Ω": "ôm", "²": "bình phương", "³": "lập phương", "µ": "mi crô",
    "π": "pi",
}  # fmt: skip
_BETWEEN = {"+": "cộng", "=": "bằng", "×": "nhân", "<": "nhỏ hơn", ">": "lớn hơn", "~": "khoảng"}
_NEXT = re.compile(rf" ?[0-9{LETTERS}]")
_RISE = re.compile(r"\(\+\d\Z")
_LAST = re.compile(rf"[0-9²³{LETTERS}] ?\Z")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a sign that has a word."""
    sign = scan.text[position]
    if sign in _ALWAYS:
        return Claim(position + 1, _ALWAYS[sign])
    if sign not in _BETWEEN or not _NEXT.match(scan.text, position + 1):
        return None
    left = _LAST.search(scan.text, max(0, position - 2), position)
    if sign == "+" and not left and _RISE.search(scan.text, max(0, position - 1), position + 2):
        return Claim(position + 1, "cộng")
    if sign in "+=×" and not left:
        return None
    if sign in "<>~" and not scan.text[position + 1 : position + 3].strip()[:1].isdigit():
        return None
    return Claim(position + 1, _BETWEEN[sign])


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
