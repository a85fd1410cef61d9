"""Places along a road: `Km 12+500` ki lô mét mười hai cộng năm trăm, `Km0+000` ki lô mét không."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_WORD, spell
from audio.reading.model import UPPER, Claim, Rule
from audio.reading.numbers import integer

if TYPE_CHECKING:
    from audio.reading.model import Scan

_STONE = re.compile(
    rf"K[Mm]\s?(?P<km>\d{{1,4}})(?:(?:\s?\+\s?(?P<metres>\d{{1,3}})|[.,](?P<part>\d))?{NOT_WORD})(?![.,/]\d)"
)

_ROADS = {"QL": "quốc lộ", "TL": "tỉnh lộ", "ĐT": "đường tỉnh", "HL": "hương lộ", "CT": "cao tốc"}
_ROAD = re.compile(
    rf"(?P<road>QL|TL|HL|ĐT(?=\.\d{{3}}(?!\d))|CT(?=\.\d\d(?!\d)))\.\s?(?P<number>\d{{1,3}})(?P<letter>[A-D]?){NOT_WORD}(?![./-]\d)"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a kilometre stone and the metres behind it (none are said for 000), or a road by its number."""
    if road := _ROAD.match(scan.text, position):
        letter = f" {spell(road['letter'])}" if road["letter"] else ""
        kind = _ROADS[road["road"]]
        before = scan.before(position)
        if before.endswith(f" {kind}"):
            kind = ""
        elif before.endswith(" đường"):
            kind = kind.removeprefix("đường ")
        return Claim(road.end(), f"{kind} {integer(road['number'])}{letter}".lstrip())
    found = _STONE.match(scan.text, position)
    if not found:
        return None
    said = f"ki lô mét {integer(found['km'])}"
    if found["metres"] and int(found["metres"]):
        said += f" cộng {integer(found['metres'])}"
    if found["part"]:
        said += f" phẩy {integer(found['part'])}"
    return Claim(found.end(), said)


RULE = Rule(
    "milestone",
    UPPER,
    match,
    (
        ("từ Km2+350", "từ ki lô mét hai cộng ba trăm năm mươi"),
        ("Km0+000 là cầu Trắng", "ki lô mét không là cầu Trắng"),
    ),
)
