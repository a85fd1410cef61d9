"""What stands within the lock-in and makes way for a fixed time that is new (pure).

A fixed time is hard: what runs into it moves on, with what follows in the same broadcast, and never to an
earlier instant.  What is handed over, bound to a time itself, urgent or released by an approver stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scheduler.hearings import Hearing
from scheduler.rows import Row
from scheduler.shares import Timetable
from scheduler.timeline import Spans


def giving_way(
    rows: Sequence[Row],
    claims: Iterable[Hearing],
    timetable: Timetable,
    *,
    gap: int,
    may: Callable[[Row], bool],
) -> frozenset[str]:
    """Return the ids of the rows that make way for the fixed times of `claims`, of those that `may`."""
    spans = [span for one in claims if (span := _span(one, rows, timetable, gap, may))]
    return frozenset(row.id for row in rows if may(row) and _runs_into(row, spans, gap))


def _span(
    claim: Hearing, rows: Sequence[Row], timetable: Timetable, gap: int, may: Callable[[Row], bool]
) -> tuple[int, int] | None:
    """Return what a claim asks to be free: to its broadcast's end, None when nothing has to move for it."""
    starts = claim.fixed or 0
    ends = starts + claim.ticket.length
    near = [row for row in rows if _runs_into(row, [(starts, ends)], gap)]
    if not near or not all(may(row) for row in near):
        return None
    frames = (timetable.frames[number] for number in timetable.around(starts))
    return starts, max((frame.ends for frame in frames if ends <= frame.ends), default=ends)


def _runs_into(row: Row, spans: Spans, gap: int) -> bool:
    ends = row.starts + row.length
    return any(row.starts < end + gap and start - gap < ends for start, end in spans)
