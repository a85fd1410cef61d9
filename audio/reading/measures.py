"""What may follow a number: percent signs, currencies, degrees and units, and what they are counted per.

`m²/người` mét vuông trên người, `mm/2h` mi li mét trên hai giờ, `đ/kg` đồng trên ki lô gam.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import NOT_LETTER, NOT_WORD
from audio.reading.numbers import NUMBER, number

if TYPE_CHECKING:
    from collections.abc import Mapping

PERCENTS = {"%": "phần trăm", "‰": "phần nghìn"}
MONEY = {
    "đ": "đồng", "₫": "đồng", "VND": "đồng", "VNĐ": "đồng", "vnđ": "đồng", "vnd": "đồng", "đồng": "đồng",
    "USD": "đô la Mỹ", "$": "đô la Mỹ", "EUR": "ơ rô", "€": "ơ rô", "Euro": "ơ rô", "JPY": "yên",
    "CNY": "nhân dân tệ", "£": "bảng Anh",
    "GBP": "bảng Anh", "¥": "yên", "₩": "uôn", "฿": "bạt",
    "tr": "triệu", "trđ": "triệu đồng", "trđ.": "triệu đồng", "tr.đ": "triệu đồng",
    "tr đ": "triệu đồng", "tỷđ": "tỷ đồng", "nđ": "nghìn đồng", "ngđ": "nghìn đồng", "nghđ": "nghìn đồng",
}  # fmt: skip
DEGREES = {
    "°C": "độ xê", "°c": "độ xê", "oC": "độ xê", "° C": "độ xê", "°F": "độ ép", "oF": "độ ép", "°": "độ",
    "°N": "độ vĩ Bắc", "°E": "độ kinh Đông",
}  # fmt: skip
_EXACT = {
    "m": "mét", "g": "gam", "l": "lít", "L": "lít", "V": "vôn", "W": "oát", "h": "giờ", "MW": "mê ga oát",
    "mW": "mi li oát", "Pa": "pát can", "Hz": "héc", "dB": "đề xi ben", "dBA": "đề xi ben",
    "MHz": "mê ga héc", "kHz": "ki lô héc", "GHz": "gi ga héc", "kVA": "ki lô vôn am pe",
    "MVA": "mê ga vôn am pe", "mmHg": "mi li mét thủy ngân", "hPa": "héc tô pát can",
    "kWp": "ki lô oát pích", "mmol/l": "mi li mol trên lít", "µm": "mi crô mét", "µg": "mi crô gam",
    "Ω": "ôm", "mA": "mi li am pe", "MB": "mê ga bai", "Mb": "mê ga bít", "Mbps": "mê ga bít trên giây",
    "Gbps": "gi ga bít trên giây", "kbps": "ki lô bít trên giây", "nm": "na nô mét", "s": "giây",
    "ph": "phút", "lux": "lúc", "mb": "mi li ba", "ppm": "phần triệu", "IU": "đơn vị quốc tế",
    "'": "phút", "’": "phút", "MPa": "mê ga pát can", "kPa": "ki lô pát can", "BTU": "bê tê u",
    "hl": "héc tô lít", "dl": "đề xi lít", "dL": "đề xi lít", "Ah": "am pe giờ",
    "feet": "phít", "inch": "inch", "lm": "lu men",
    "p": "phút", "rpm": "vòng trên phút", "mAh": "mi li am pe giờ",
    "ngđ": "ngày đêm", "ngày.đêm": "ngày đêm", "ng.đ": "ngày đêm", "ng/đ": "ngày đêm", "ngày-đêm": "ngày đêm",
    "km/h": "ki lô mét trên giờ", "Kcal": "ki lô ca lo",
}  # fmt: skip
_ANY_CASE = {
    "km": "ki lô mét", "dm": "đề xi mét", "cm": "xăng ti mét", "mm": "mi li mét", "hm": "héc tô mét",
    "ha": "héc ta", "lít": "lít", "ml": "mi li lít", "cc": "xê xê", "kg": "ki lô gam", "mg": "mi li gam",
    "gr": "gam", "mcg": "mi crô gam", "kw": "ki lô oát", "kwh": "ki lô oát giờ", "mwh": "mê ga oát giờ",
    "gw": "gi ga oát", "gwh": "gi ga oát giờ", "kva": "ki lô vôn am pe", "kv": "ki lô vôn",
    "mva": "mê ga vôn am pe", "khz": "ki lô héc", "mhz": "mê ga héc", "ghz": "gi ga héc", "hp": "mã lực",
    "cv": "mã lực", "hpa": "héc tô pát can", "mmhg": "mi li mét thủy ngân", "gb": "gi ga bai",
    "tb": "tê ra bai", "kb": "ki lô bai", "kcal": "ki lô ca lo", "calo": "ca lo", "mmol": "mi li mol",
    "wp": "oát pích", "kwp": "ki lô oát pích",
}  # fmt: skip
_POWERED = {
    "km": "ki lô mét",
    "m": "mét",
    "dm": "đề xi mét",
    "cm": "xăng ti mét",
    "mm": "mi li mét",
    "M": "mét",
}
_POWERS = {"2": "vuông", "²": "vuông", "3": "khối", "³": "khối"}


def _units() -> dict[str, str]:
    """Write out every unit in the cases people write it in."""
    units = dict(_EXACT)
    for written, said in _ANY_CASE.items():
        forms = {written, written.upper(), written.capitalize(), written[0] + written[1:].capitalize()}
        forms |= {written[:-1] + written[-1].upper()}
        units |= dict.fromkeys(forms - units.keys(), said)
    for written, said in _POWERED.items():
        for power, word in _POWERS.items():
            units |= {
                form + power: f"{said} {word}" for form in {written, written.upper(), written.capitalize()}
            }
    return units


UNITS = _units()
ALL: Mapping[str, str] = {**UNITS, **DEGREES, **MONEY, **PERCENTS}
SCALES = "triệu|nghìn|ngàn|vạn|tỷ|tỉ|trăm"


def alternatives(table: Mapping[str, str]) -> str:
    """Give a pattern for the written forms of a table, the longest first."""
    ordered = sorted(table, key=len, reverse=True)
    words = "|".join(re.escape(form) for form in ordered if form[-1].isalnum())
    signs = "|".join(re.escape(form) for form in ordered if not form[-1].isalnum())
    return "|".join(filter(None, (f"(?:{words}){NOT_WORD}" if words else "", signs)))


_PER = re.compile(
    rf"\s?/\s?(?:(?P<count>{NUMBER})\s?(?P<counted>{alternatives(UNITS)})|(?P<unit>{alternatives(UNITS)}))"
)


def per(text: str, position: int) -> tuple[int, str]:
    """Read what a quantity is counted per, where that is a unit; give the end and the words."""
    said = ""
    while found := _PER.match(text, position):
        count = f"{number(found['count'])} " if found["count"] else ""
        said += f" trên {count}{UNITS[found['counted'] or found['unit']]}"
        position = found.end()
    return position, said


def tail_pattern(table: Mapping[str, str]) -> str:
    """Give a pattern for a measure after a number, scale words between them allowed."""
    return rf"(?:(?P<scale>(?:\s(?:{SCALES})){{1,2}})\s|\s?)(?P<measure>{alternatives(table)}){NOT_LETTER}"
