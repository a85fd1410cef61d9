"""Quiet hours as spans of instants, whatever the zone and whether or not they pass midnight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from content.contracts.instants import parse_local_time
from content.contracts.manifest import Quiet

Span = tuple[datetime, datetime]
DEFAULT = (Quiet("21:00", "06:00"),)
_DAY = timedelta(days=1)
_LEAST = timedelta(milliseconds=1)


def quiet_spans(quiet: Iterable[Quiet], zone: ZoneInfo, around: datetime) -> list[Span]:
    """Return the half-open quiet spans from the day before `around` to two days after, in UTC, sorted."""
    today = around.astimezone(zone).date()
    days = [today + number * _DAY for number in (-1, 0, 1, 2)]
    return sorted(span for day in days for hours in quiet if (span := _span(hours, day, zone)))


def first_free(at: datetime, duration: timedelta, spans: Iterable[Span]) -> datetime:
    """Return the first instant from `at` on at which `duration` fits without touching a quiet span.

    An airing may end on the very instant at which the quiet begins.
    """
    length = max(duration, _LEAST)
    for start, end in spans:
        if at < end and at + length > start:
            at = end
    return at


def _span(hours: Quiet, day: date, zone: ZoneInfo) -> Span | None:
    start, end = parse_local_time(hours.start), parse_local_time(hours.end)
    if start == end:
        return None
    last = day + _DAY if end < start else day
    begins = datetime.combine(day, start, tzinfo=zone)
    return begins.astimezone(UTC), datetime.combine(last, end, tzinfo=zone).astimezone(UTC)
