"""Columns read in the driver's own form: most values come again and again, and are turned once each."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.types import NullType

from scheduler.moments import to_ms

RAW = NullType()
"""For `type_coerce`: text on SQLite, Python's own types on PostgreSQL."""


class Days(dict[Any, date | None]):
    """The driver's form of a day → the day."""

    def __missing__(self, raw: Any) -> date | None:
        self[raw] = date.fromisoformat(raw) if isinstance(raw, str) else raw
        return self[raw]


class Instants(dict[Any, int]):
    """The driver's form of an instant → ms."""

    def __missing__(self, raw: Any) -> int:
        self[raw] = to_ms(instant_of(raw))
        return self[raw]


def instant_of(raw: Any) -> datetime:
    """Return an instant from the driver's own form: text on SQLite, which keeps no zone."""
    instant = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def words_of(raw: Any) -> tuple[str, ...]:
    """Return a JSON list of words."""
    if raw is None or raw == "[]":
        return ()
    return tuple(json.loads(raw) if isinstance(raw, str) else raw)
