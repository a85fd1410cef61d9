"""Numbers as Vietnamese words.

`105` một trăm linh năm, `1.021` một nghìn không trăm hai mươi mốt, `76,5` bảy mươi sáu phẩy năm.
A comma is decimal and a dot before three digits groups thousands, as official Vietnamese writes it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", " nghìn", " triệu")
_LONGEST = 18

# One written number: grouped thousands with a decimal part, or plain digits with one.
NUMBER = (
    r"(?>\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?"
    r"|[1-9]\d{0,2}(?:,\d{3})+\.\d{1,2}(?!\.?\d)"
    r"|[1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?: \d{3}){2,})(?! ?\d)"
    r"|\d+(?:,\d+|\.\d{1,2}(?!\.?\d))?)"
)

_APART = re.compile(r"\D+")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_OTHERWISE_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3}){2,}")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{1,2}")
_SWAPPED = str.maketrans(",.", ".,")
_NOTHING_BEHIND = re.compile(r",0+\Z")
_LONGEST_ROW = 5


def _tens(tens: int, unit: int) -> str:
    """Say 10 to 99: 15 mười lăm, 21 hai mươi mốt, 24 hai mươi tư."""
    if tens == 1:
        return "mười" + ("" if unit == 0 else " lăm" if unit == 5 else f" {DIGITS[unit]}")  # noqa: PLR2004
    endings = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}
    return f"{DIGITS[tens]} mươi" + endings.get(unit, f" {DIGITS[unit]}")


def _below_thousand(number: int, *, full: bool) -> str:
    """Say 1 to 999; `full` says the hundreds even when they are none."""
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    words = f"{DIGITS[hundreds]} trăm" if hundreds or full else ""
    if tens:
        tail = _tens(tens, unit)
    elif unit:
        tail = f"linh {DIGITS[unit]}" if words else DIGITS[unit]
    else:
        tail = ""
    return f"{words} {tail}".strip()


def _below_milliard(number: int, *, full: bool) -> str:
    """Say 1 to 999 999 999 in groups of three digits."""
    groups = [number // 1000**power % 1000 for power in (2, 1, 0)]
    said: list[str] = []
    for scale, group in zip(reversed(_SCALES), groups, strict=True):
        if group:
            said.append(_below_thousand(group, full=full or bool(said)) + scale)
    return " ".join(said)


@lru_cache(maxsize=4096)
def cardinal(number: int) -> str:
    """Say a whole number."""
    if number == 0:
        return DIGITS[0]
    upper, lower = divmod(number, 1_000_000_000)
    if not upper:
        return _below_milliard(lower, full=False)
    words = cardinal(upper) + " tỷ"
    return f"{words} {_below_milliard(lower, full=True)}" if lower else words


def _steps(count: int) -> list[int]:
    """Part a row of digits into threes and fours, the fours first: 10 into 4, 3, 3."""
    if count <= _LONGEST_ROW:
        return [count]
    fours = count % 3
    return [4] * fours + [3] * ((count - 4 * fours) // 3)


def digits(written: str, steps: Sequence[int] = ()) -> str:
    """Say the digits one by one, whatever stands between them, with a pause after every third or fourth."""
    row = [DIGITS[int(digit)] for digit in written if digit.isdigit()]
    ends = accumulate(steps or _steps(len(row)), initial=0)
    return ", ".join(" ".join(row[start:end]) for start, end in pairwise(ends))


def groups(written: str) -> str:
    """Say digits one by one, with a pause where they were written apart, and in long rows."""
    return ", ".join(digits(group) for group in _APART.split(written) if group)


def integer(written: str) -> str:
    """Say a run of digits as a number (leading zeros are silent); very long runs digit by digit."""
    return digits(written) if len(written) > _LONGEST else cardinal(int(written))


def _fraction(written: str) -> str:
    """Say what stands behind the decimal mark: 5 năm, 75 bảy mươi lăm, 05 không năm, 470 bốn bảy không."""
    if len(written) == 2 and written[0] != "0":  # noqa: PLR2004
        return integer(written)
    return digits(written)


def _without_groups(written: str) -> str:
    """Give a number with a decimal comma, if any, and no marks for thousands; `1.000,00` is `1000`."""
    if _ENGLISH.fullmatch(written):
        written = written.translate(_SWAPPED)
    if _GROUPED.fullmatch(written):
        return _NOTHING_BEHIND.sub("", written.replace(".", ""))
    return written


@lru_cache(maxsize=4096)
def number(written: str) -> str:
    """Say one written number of the shape NUMBER."""
    written = _without_groups(written)
    if _OTHERWISE_GROUPED.fullmatch(written):
        return integer(written.replace(",", "").replace(" ", ""))
    whole, mark, rest = written.partition("," if "," in written else ".")
    if not mark:
        return integer(whole)
    point = "chấm" if mark == "." and rest == "0" else "phẩy"
    return f"{integer(whole)} {point} {_fraction(rest)}"


def value(written: str) -> float:
    """Give the value of one written number, for comparing the ends of a range."""
    written = _without_groups(written)
    if _OTHERWISE_GROUPED.fullmatch(written):
        written = written.replace(",", "").replace(" ", "")
    if len(written) > _LONGEST:
        return float("inf")
    return float(written.replace(",", "."))
