"""One station's time, filled piece by piece (pure): it knows where the next clip fits first.

All times are milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Spans = Sequence[tuple[int, int]]
"""Times `[start, end)` in order, none touching another."""
_FAR = 1 << 62


class Slot(NamedTuple):
    """What is taken: `[starts, ends)`, the wording (None: nobody's), the broadcast it lies in.

    `frame` counts the station's broadcasts from 0.  `urgent` marks an emergency, for which only other
    emergencies are in the way.
    """

    starts: int
    ends: int
    wording: int | None = None
    frame: int | None = None
    urgent: bool = False


class Timeline:
    """The slots of one station, and the questions the planner asks of them."""

    __slots__ = ("_by_wording", "_ends", "_gap", "_longest", "_repeat", "_starts")

    def __init__(self, *, gap: int, repeat: int) -> None:
        self._gap = gap
        self._repeat = repeat
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._longest = 0
        self._by_wording: dict[int, list[int]] = {}

    def add(self, starts: int, ends: int, wording: int | None = None) -> None:
        """Take a place."""
        at = bisect_right(self._starts, starts)
        self._starts.insert(at, starts)
        self._ends.insert(at, ends)
        self._longest = max(self._longest, ends - starts)
        if wording is not None:
            self._by_wording.setdefault(wording, []).append(starts)

    def drop(self, starts: int, ends: int) -> None:
        """Give a place back that was taken for no wording."""
        at = bisect_left(self._starts, starts)
        while self._ends[at] != ends:
            at += 1
        del self._starts[at], self._ends[at]

    def earliest(
        self,
        lower: int,
        upper: int,
        length: int,
        *,
        wording: int | None = None,
        quiet: Spans = (),
        margin: int = 0,
    ) -> int | None:
        """Return the first start from `lower` at which a clip ends by `upper`; None when there is none.

        The gap to other clips, the spacing of one wording and the `quiet` spans, `margin` before they
        begin too, are kept.
        """
        start = lower
        while start + length <= upper:
            later = self._clash(start, start + length) or self._repeated(start, wording)
            if not later and quiet:
                later = touched_until(quiet, start, start + length + margin)
            if not later:
                return start
            start = later
        return None

    def longest_gap(self, lower: int, upper: int) -> int:
        """Return the length of the longest clip that would fit between `lower` and `upper`."""
        longest, at = 0, lower
        for starts, ends in zip(self._starts, self._ends, strict=True):
            if ends + self._gap <= lower or starts >= upper + self._gap:
                continue
            longest, at = max(longest, starts - self._gap - at), max(at, ends + self._gap)
        return max(longest, upper - at)

    def _clash(self, start: int, end: int) -> int:
        """Return the end of the first piece in the way, 0 when there is none."""
        gap, starts, ends = self._gap, self._starts, self._ends
        after = end + gap
        for at in range(bisect_left(starts, start - self._longest - gap), len(starts)):
            if starts[at] >= after:
                return 0
            if start < ends[at] + gap:
                return ends[at] + gap
        return 0

    def _repeated(self, start: int, wording: int | None) -> int:
        if wording is None or wording not in self._by_wording:
            return 0
        spacing = self._repeat
        near = [other + spacing for other in self._by_wording[wording] if abs(start - other) < spacing]
        return max(near, default=0)


def touched_until(spans: Spans, start: int, end: int) -> int:
    """Return the end of the first span that `[start, end)` touches, 0 when it touches none."""
    at = bisect_right(spans, (start, _FAR))
    if at and spans[at - 1][1] > start:
        return spans[at - 1][1]
    return spans[at][1] if at < len(spans) and spans[at][0] < end else 0


def next_span(spans: Spans, instant: int) -> int | None:
    """Return when the next span begins at or after `instant`, None when none is known."""
    at = bisect_left(spans, (instant, 0))
    return spans[at][0] if at < len(spans) else None


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return spans in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
