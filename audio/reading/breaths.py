"""The pieces of a spoken text that a voice says one by one, none longer than a breath.

A sentence that is too long is cut where a speaker would breathe: at clause marks, between words only where a
clause has none. Of all ways to cut it the smoothest is taken: few pieces, of like length, at strong marks.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

LONGEST = 35
_SENTENCE = re.compile(r"(?<=[.?!]) ")
_CLAUSE = re.compile(r"(?<=[;:,]) ")
_LEADS = ["phải", "sẽ", "cần", "chưa", "không", "cũng", "đã", "và", "để", "gắn", "đối", "so", "cùng", "hợp"]
_BOUND = "".join(rf"(?<! {word})" for word in _LEADS)
_JOINT = re.compile(
    rf"{_BOUND} (?=(?:và|hoặc|nhằm|để|trong|với|theo|từ|tại|cho|mà|thì|khi|nếu|(?P<close>của|được|đã)) )"
)
_LESSER = re.compile(r" (?=(?:ngày|giai đoạn|nhiệm kỳ|về|gồm|là|phải|lần|do|trên địa bàn) )")
_BLANK = re.compile(" ")
_NUMERAL = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười"
_FIGURE = f"{_NUMERAL}|mươi|trăm|nghìn|triệu|tỷ|linh|mốt|lăm|tư|phẩy|không|trên"
_FIGURE_BEFORE = re.compile(rf" (?:{_FIGURE}) \Z")
_FIGURE_BEHIND = re.compile(rf"(?:{_FIGURE})(?![^ .,;:?!])")
_BETWEEN = re.compile(r" giữa [^.,;:?!]*\Z")
_PAIR = re.compile(rf" (?:phòng, (?=chống)|(?:{_NUMERAL}), (?=(?:{_NUMERAL}) ))")
_SHORT_BEFORE = re.compile(r"[;:,.] (?:[^ ]+ )?[^ ]+, \Z")
_SHORT_BEHIND = re.compile(r"(?:[^ ]+ )?[^ ]+[;:,.]")
_LOOK = 24

# What a piece costs of itself, how little its length adds, and what it costs to breathe at a place: strong
# marks are good places, the commas between the short parts of a list are poor ones.
_PIECE = 60
_LENGTH = 16
_AT_MARK = {";": -30, ":": -45, ",": 20}
_IN_LIST = 60
_AT_JOINT = 150
_AT_CLOSE_JOINT = 190
_AT_LESSER = 240
_AT_WORD = 400
_IN_FIGURE = 900


def _syllables(spoken: str, start: int, end: int) -> int:
    """Count the syllables: Vietnamese writes each as a word."""
    return spoken.count(" ", start, end) + (spoken[end - 1 : end] != " ")


def _places(spoken: str, start: int, end: int) -> list[int]:
    """Give where a sentence may be cut: at clause marks, and between words where these are too far apart."""
    places = [start, end]
    for marks in (_CLAUSE, _JOINT, _LESSER, _BLANK):
        finer = [start]
        for first, last in pairwise(places):
            if _syllables(spoken, first, last) > LONGEST:
                finer += (match.end() for match in marks.finditer(spoken, first, last) if match.end() < last)
            finer.append(last)
        places = finer
    return places


def _cost_without_mark(spoken: str, place: int) -> int:
    """Say how ill it would sound to breathe between two words: worst inside a number."""
    if _BETWEEN.search(spoken, max(0, place - _LOOK), place) and spoken.startswith("và ", place):
        return _AT_WORD
    if joint := _JOINT.match(spoken, place - 1):
        return _AT_CLOSE_JOINT if joint["close"] else _AT_JOINT
    if _LESSER.match(spoken, place - 1):
        return _AT_LESSER
    before = _FIGURE_BEFORE.search(spoken, max(0, place - _LOOK), place)
    return _IN_FIGURE if before and _FIGURE_BEHIND.match(spoken, place) else _AT_WORD


def _cost(spoken: str, place: int) -> int:
    """Say how ill it would sound to breathe at a place."""
    mark, near = spoken[place - 2], max(0, place - _LOOK)
    if mark not in _AT_MARK:
        return _cost_without_mark(spoken, place)
    if mark != ",":
        return _AT_MARK[mark]
    if any(pair.end() == place for pair in _PAIR.finditer(spoken, near, place + _LOOK)):
        return _AT_JOINT
    in_list = _SHORT_BEFORE.search(spoken, near, place) or _SHORT_BEHIND.match(spoken, place)
    return _IN_LIST if in_list else _AT_MARK[mark]


def _smoothest(spoken: str, places: list[int]) -> list[int]:
    """Choose of the places those that cost least, every piece within a breath."""
    sizes = [_syllables(spoken, first, last) for first, last in pairwise(places)]
    said = list(accumulate(sizes, initial=0))
    costs, origins = [0.0], [0]
    for here in range(1, len(places)):
        ways = []
        origin = here - 1
        while origin >= 0 and (said[here] - said[origin] <= LONGEST or origin == here - 1):
            ways.append((costs[origin] + (said[here] - said[origin]) ** 2 / _LENGTH, origin))
            origin -= 1
        cost, origin = min(ways)
        costs.append(cost + _PIECE + _cost(spoken, places[here]))
        origins.append(origin)
    chosen = [len(places) - 1]
    while chosen[-1]:
        chosen.append(origins[chosen[-1]])
    return [places[place] for place in reversed(chosen)]


def places_of(spoken: str, start: int, end: int) -> list[int]:
    """Give where the pieces of a long stretch begin, and its end, as smooth as can be."""
    return _smoothest(spoken, _places(spoken, start, end))


def breaths(spoken: str) -> tuple[tuple[int, int], ...]:
    """Give half-open offsets of the pieces to say one by one: sentences, cut where longer than a breath."""
    ends = [0, *(match.end() for match in _SENTENCE.finditer(spoken)), len(spoken)]
    found: list[tuple[int, int]] = []
    for start, end in pairwise(ends):
        short = _syllables(spoken, start, end) <= LONGEST
        found += pairwise([start, end] if short else places_of(spoken, start, end))
    trimmed = ((first, first + len(spoken[first:last].rstrip())) for first, last in found)
    return tuple((first, last) for first, last in trimmed if first < last)


def sentences(spoken: str) -> tuple[str, ...]:
    """Give the pieces of a spoken text that a voice says one by one, in order.

    No piece has more than LONGEST syllables; joined by blanks they give the text back.
    """
    return tuple(spoken[start:end] for start, end in breaths(spoken))
