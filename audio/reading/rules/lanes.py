"""Short words for places before a number.

`Ng. 12/5` ngõ, `Ngh. 3` ngách, `KP. 3` khu phố, `Đ/c: số 25` địa chỉ.
`Đ/c` before a name stays with the lexicon, where it is a comrade.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.model import LOWER, UPPER, Claim, Rule

if TYPE_CHECKING:
    from audio.reading.model import Scan

_WORDS = {"ng": "ngõ", "ngh": "ngách", "kp": "khu phố", "nr": "nhà riêng", "sn": "số nhà", "k": "kiệt"}
_SHORT = re.compile(r"(?P<short>Ng|ng|Ngh|ngh|KP|Kp|kp|NR|SN|K)\.\s?(?=\d)")
_ADDRESS = re.compile(
    r"[Đđ]/[Cc](?=\s?:?\s?(?:số|ngõ|ngách|hẻm|nhà số|số nhà|tầng|lô|khu|tòa|thôn|xóm|tổ|đường|phố)\s"
    r"|\s?:\s?(?:\d|[PQ]\.|TDP|KĐT|KTT|NVH|UBND|[Ss]ố\s|[Nn]gõ\s|[Tt]ổ\s|[Pp]hường\s|[Tt]ầng\s|[Kk]hu\s|"
    r"[Nn]hà\s|[Tt]hôn\s|[Tt]rạm\s|[Tt]rụ\s))"
)


def match(scan: Scan, position: int) -> Claim | None:
    """Claim a short word that a number or the parts of an address follow."""
    if found := _SHORT.match(scan.text, position):
        blank = found.group()[-1] == " "
        if found["short"] == "K" and not blank:
            return None
        return Claim(found.end() - blank, _WORDS[found["short"].lower()])
    found = _ADDRESS.match(scan.text, position)
    return Claim(found.end(), "địa chỉ") if found else None


RULE = Rule(
    "lane",
    UPPER + LOWER,
    match,
    (
        ("nhà ở Ng. 12/5", "nhà ở ngõ mười hai trên năm"),
        ("Đ/c: số 25 phố Vọng", "địa chỉ: số hai mươi lăm phố Vọng"),
    ),
)
