"""When to fetch what is not urgent: thousands of stations learn of a clip in the same second."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

SPREAD = timedelta(minutes=10)
SOON = timedelta(minutes=15)


def share_of(station: str) -> float:
    """Return a number from 0 up to 1 that is the station's own, always the same."""
    return int.from_bytes(hashlib.sha256(station.encode()).digest()[:8], "big") / 2**64


def fetch_from(
    share: float, *, known_at: datetime, needed_at: datetime | None, spread: timedelta = SPREAD
) -> datetime:
    """Return the instant from which to fetch a clip known since `known_at` and needed at `needed_at`.

    At once when it is needed within a quarter of an hour; else within `spread`, and never later than
    half of the time that is left until then.  What has no hour of its own may wait for all of it.
    """
    if needed_at is None:
        return known_at + share * spread
    spare = max(timedelta(), needed_at - known_at - SOON)
    return known_at + share * min(spread, spare / 2)
