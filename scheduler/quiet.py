"""Quiet hours: spans of local wall time in which nothing but an emergency sounds (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from content.contracts.instants import parse_local_time
from content.contracts.manifest import Quiet

Span = tuple[datetime, datetime]


def instant_at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a wall time on a local date."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def span_from(quiet: Quiet, day: date, zone: ZoneInfo) -> Span:
    """Return the quiet span `[start, end)` that begins on the local `day`, past midnight if need be."""
    start, end = parse_local_time(quiet.start), parse_local_time(quiet.end)
    last = day if start <= end else day + timedelta(days=1)
    return instant_at(day, start, zone), instant_at(last, end, zone)


def blocked_until(start: datetime, end: datetime, quiet: Iterable[Quiet], zone: ZoneInfo) -> datetime | None:
    """Return the end of the quiet span that `[start, end)` touches, or None when it touches none."""
    touched = (
        span_end
        for span_start, span_end in _around(start, end, quiet, zone)
        if start < span_end and span_start < end
    )
    return max(touched, default=None)


def next_quiet(instant: datetime, quiet: Iterable[Quiet], zone: ZoneInfo) -> datetime | None:
    """Return when the next quiet span begins at or after `instant`; None when there are no quiet hours."""
    far = instant + timedelta(days=2)
    begins = (start for start, end in _around(instant, far, quiet, zone) if start >= instant and end > start)
    return min(begins, default=None)


def _around(start: datetime, end: datetime, quiet: Iterable[Quiet], zone: ZoneInfo) -> Iterator[Span]:
    day, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    rules = tuple(quiet)
    while day <= last:
        yield from (span_from(rule, day, zone) for rule in rules)
        day += timedelta(days=1)
