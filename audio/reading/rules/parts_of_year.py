"""Parts of a year cut short: `Q3/2025` quý ba năm…, `6T/2025` sáu tháng năm…, `9T đầu năm` chín tháng."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH
from audio.reading.calendar_words import year
from audio.reading.model import DIGIT, UPPER, Claim, Rule
from audio.reading.numbers import cardinal

if TYPE_CHECKING:
    from audio.reading.model import Scan

_YEAR = r"(?:\s?[/.-]?\s?(?P<year>(?:19|20)\d\d)(?![\d/])|(?=\s(?:đầu |cuối )?năm(?:\s|\Z)))"
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_PART = re.compile(
    rf"Q\.?(?P<quarter>[1-4]|I{{1,3}}|IV)(?:\s?{DASH}\s?Q?(?P<last>[1-4]))?{_YEAR}"
    rf"|(?P<months>[1-9]|1[0-2])T{_YEAR.replace('year', 'of')}"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a quarter or a number of months with its year, or with the word for year behind it."""
    found = _PART.match(scan.text, position)
    if not found:
        return None
    if quarter := found["quarter"]:
        last = f" đến {cardinal(int(found['last']))}" if found["last"] else ""
        said = f"quý {cardinal(_ROMAN.get(quarter) or int(quarter))}{last}"
    else:
        said = f"{cardinal(int(found['months']))} tháng"
    written = found["year"] or found["of"]
    return Claim(found.end(), f"{said} {year(written)}" if written else said)


RULE = Rule(
    "part_of_year",
    DIGIT + UPPER,
    match,
    (
        ("thu ngân sách Q2/2026", "thu ngân sách quý hai năm hai nghìn không trăm hai mươi sáu"),
        ("trong 9T/2026", "trong chín tháng năm hai nghìn không trăm hai mươi sáu"),
        ("kết quả 6T đầu năm", "kết quả sáu tháng đầu năm"),
    ),
    behind="a",
)
