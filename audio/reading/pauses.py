"""What stands between two words: blanks, punctuation, brackets, bullets, line ends become one pause mark.

`kinh tế - xã hội` has no pause, ` (khóa XVI), ` is one comma, a line end after a heading is a full stop,
a line end within a sentence (a page break) is a blank, `nam/nữ` has a comma, `và/hoặc` none, ` (một; hai)` a
colon, for its own parts stand apart by more than a comma.
"""

from __future__ import annotations

import re

from audio.reading.alphabet import DASH, L
from audio.reading.wording import endings

CANONICAL = frozenset({" ", ", ", ". ", "; ", ": ", "? ", "! "})
_LAST = frozenset({".", ",", ";", ":", "?", "!"})
_ELLIPSIS = re.compile(r"\.{2,}|…")
_STRONG = re.compile(r"[?!.:;]")
_MILD = re.compile(rf"[^\S\n]{{4}}|[,()\[\]|•=~<>]|[{{}}]|\s{DASH}|{DASH}\s|[\u2013\u2014]{{1,9}}")
_TOLD = re.compile(rf" ?\((?:{L}|[&-]){{2,16}}\)")
_WORDS_AROUND = 12
_WRAPPED_FROM = 60
_SOFT_PAIRS = frozenset(
    endings(
        "tế xã|trị xã|hóa xã|hoá xã|ninh quốc|phòng an|thao du|học công|giáo đào|thuật công|tế chính|tế kỹ|"
        "nông lâm|lâm ngư|chính ngân|chính kế|hóa thông|hoá thông|hóa thể|hoá thể|động thương|hội nghề|"
        "số kế|mại dịch"
    )
)
_LAST_WORD = re.compile(f"{L}+$")
_NEXT_WORD = re.compile(f"{L}+")
_ITEM = re.compile(r"[a-zđ]{1,4}[.)]\s")
_BULLET = re.compile(rf"\n[^\S\n]*+(?:[•+]|{DASH})")
_JOINED = re.compile(r"(?<!\S)(?:và|ngày|với)\Z")
_RANK = "?!.:;"
_PARTS = re.compile(r"\([^();:\n]{1,300};[^()\n]{1,600}\)")


def _soft(text: str, start: int, end: int) -> bool:
    """Tell whether a dash joins two halves of one set phrase, like `kinh tế - xã hội`."""
    left = _LAST_WORD.search(text, max(0, start - _WORDS_AROUND), start)
    right = _NEXT_WORD.match(text, end, end + _WORDS_AROUND)
    return bool(left and right) and f" {left.group()} {right.group()}".lower() in _SOFT_PAIRS  # type: ignore[union-attr]


def _strongest(gap: str) -> str:
    """Give the strongest of the marks in a gap, the first of `?` and `!` before all others."""
    found = _STRONG.findall(gap)
    return min(found, key=_RANK.index) if found else ""


def _line_end(text: str, start: int, end: int) -> str:
    """Give the mark for a line end that no punctuation closes."""
    following = text[end]
    if _ITEM.match(text, end):
        return "."
    if following.islower() and not _BULLET.search(text, start, end):
        return ""
    wrapped = "\n" not in text[max(0, start - _WRAPPED_FROM) : start] and start >= _WRAPPED_FROM
    if wrapped and text.count("\n", start, end) == 1 and not _BULLET.search(text, start, end):
        return "" if following.isdigit() else ","
    return "."


def _mark(text: str, start: int, end: int) -> str:
    """Give the pause mark for what stands between two words."""
    gap = _TOLD.sub("", text[start:end])
    plain = _ELLIPSIS.sub("", gap)
    strong = _strongest(plain)
    if strong:
        return strong
    if plain != gap:
        return "," if text[end].islower() and "\n" not in gap else "."
    if "\n" in gap and (mark := _line_end(text, start, end)):
        return mark
    return _light(text, start, end, gap)


def _light(text: str, start: int, end: int, gap: str) -> str:
    """Give the mark for a gap without a strong one: brackets, slashes, commas, dashes."""
    if "(" in gap and _PARTS.match(text, text.index("(", start)):
        return ":"
    if "/" in gap and not _JOINED.search(text, max(0, start - _WORDS_AROUND), start):
        return ","
    if "," in gap or (_MILD.search(gap) and not _soft(text, start, end)):
        return ","
    return ""


def is_strong(gap: str) -> bool:
    """Tell whether a gap holds a mark stronger than a comma."""
    return _STRONG.search(gap) is not None


def between(text: str, start: int, end: int) -> str:
    """Give the canonical pause for a gap between two words: a mark and a blank, or a blank."""
    return _mark(text, start, end) + " "


def closing(gap: str) -> str:
    """Give the mark for what follows the last word of a text."""
    if gap in _LAST:
        return gap
    plain = _ELLIPSIS.sub(".", gap)
    return _strongest(plain) or ("," if plain.strip() == "," else "")
