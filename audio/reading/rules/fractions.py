"""Fractions, and counts out of a whole.

`2/3 số hộ` hai phần ba, `19/25 đại biểu` mười chín trên hai mươi lăm, `1/2.000` một trên hai nghìn.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.measures import ALL, per, tail_pattern
from audio.reading.model import DIGIT, Claim, Rule
from audio.reading.numbers import NUMBER, number, value
from audio.reading.wording import endings

if TYPE_CHECKING:
    from audio.reading.model import Scan

_PAIR = re.compile(rf"(?P<a>{NUMBER})\s?/\s?(?P<b>{NUMBER})(?P<more>(?:/\d+)*)")
_TAIL = re.compile(tail_pattern(ALL))
_WHOLE = re.compile(
    r"\s(?:số|diện tích|tổng|dân số|chiều|thời gian|lượng|vốn|công suất|nhu cầu|quân số|quãng|đời|khối|"
    r"phần|đường|"
    r"giá|mức|kinh phí|chặng|ngân sách|thế kỷ|năm|ngày|thìa|cốc|quả|lít|mẫu)"
)
_LARGEST_NAMED = 10
_LARGEST_EVERYDAY = 4
_EVERYDAY = re.compile(
    r" (?!(?:yêu cầu|tiêu chí|chỉ tiêu|nội dung|nhiệm vụ|câu|môn|trận|mũi|đồng chí|thành viên|lớp|tdp|tổ)\b)"
)
_MARKED = endings("điểm|lớp|bản đồ|tỷ số|đạt số điểm|được|trang|tờ|slide|tập|phần|kỳ")
_RANKED = endings("thứ|hạng thứ")
_ORDINALS = {"1": "nhất", "4": "tư"}


def _is_part(scan: Scan, position: int, pair: re.Match[str], after: str) -> bool:
    """Tell a part of a whole (hai phần ba) from a count, a mark or a scale (hai trên ba)."""
    if not 0 < value(pair["a"]) < value(pair["b"]) <= _LARGEST_NAMED:
        return False
    if scan.before(position).endswith(_MARKED):
        return False
    everyday = value(pair["b"]) <= _LARGEST_EVERYDAY and _EVERYDAY.match(after) is not None
    return everyday or _WHOLE.match(after) is not None or not after[:2].strip(" .,;)")


def match(scan: Scan, position: int) -> Claim | None:
    """Claim two or more numbers with slashes between them."""
    found = _PAIR.match(scan.text, position)
    if not found:
        return None
    after = scan.after(found.end())
    joint = " phần " if _is_part(scan, position, found, after) else " trên "
    first = number(found["a"])
    if scan.before(position).endswith(_RANKED):
        joint, first = " trên ", _ORDINALS.get(found["a"], first)
    said = joint.join((first, "tư" if joint == " phần " and found["b"] == "4" else number(found["b"])))
    said += "".join(f" trên {number(part)}" for part in found["more"].split("/") if part)
    if tail := _TAIL.match(scan.text, found.end()):
        end, rate = per(scan.text, tail.end())
        return Claim(end, f"{said}{tail['scale'] or ''} {ALL[tail['measure']]}{rate}")
    return Claim(found.end(), said)


RULE = Rule(
    "fraction",
    DIGIT,
    match,
    (
        ("2/3 số hộ", "hai phần ba số hộ"),
        ("18/20 đại biểu", "mười tám trên hai mươi đại biểu"),
        ("tỷ lệ 1/2.000", "tỷ lệ một trên hai nghìn"),
    ),
    behind="/ ,.",
)
