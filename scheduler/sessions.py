"""What sounds outside of broadcasts, as sessions of a day, and how much of it the rules allow (pure, ms)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

JOIN_MS = 1000
"""Beside the gap: what follows so soon is the same session."""


class Outside(NamedTuple):
    """What a local day `[starts, ends)` leaves for sessions beside its broadcasts; None: no bound.

    `sessions` are so many more, each of at most `longest`, together of at most `total`.
    """

    starts: int
    ends: int
    sessions: int | None = None
    longest: int | None = None
    total: int | None = None


class Sessions:
    """The sessions of one station that lie in no broadcast."""

    def __init__(self, allowed: Sequence[Outside], *, gap: int) -> None:
        self._allowed = allowed
        self._join = gap + JOIN_MS
        self._held: list[tuple[int, int]] = []

    def add(self, starts: int, ends: int) -> None:
        """Take in what sounds."""
        self._held = self._joined([*self._held, (starts, ends)]) if self._allowed else []

    def allow(self, starts: int, ends: int) -> bool:
        """Tell whether the rules let this sound beside what there is."""
        bound = next((day for day in self._allowed if day.starts <= starts < day.ends), None)
        if bound is None:
            return True
        before = [one for one in self._held if bound.starts <= one[0] < bound.ends]
        after = self._joined([*before, (starts, ends)])
        lengths = [end - start for start, end in after]
        return (
            (bound.sessions is None or len(after) <= max(bound.sessions, len(before)))
            and (bound.longest is None or max(lengths) <= bound.longest)
            and (bound.total is None or sum(lengths) <= bound.total)
        )

    def _joined(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if found and start - self._join <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
        return found
