"""Instants as whole milliseconds since 1970 (UTC): what the planner counts with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SECOND_MS = 1000


def to_ms(instant: datetime) -> int:
    """Return an aware instant in milliseconds, what is finer cut off."""
    return (instant - EPOCH) // MILLISECOND


def to_instant(ms: int) -> datetime:
    """Return the aware instant in UTC."""
    return EPOCH + timedelta(milliseconds=ms)


def length_ms(span: timedelta) -> int:
    """Return a span in milliseconds."""
    return span // MILLISECOND


def whole_second_from(ms: int) -> int:
    """Return the first whole second at or after `ms`."""
    return -(-ms // SECOND_MS) * SECOND_MS
