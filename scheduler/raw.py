"""Columns read in the driver's own form: most values come again and again, and are turned once each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy.types import NullType

from scheduler.moments import to_ms

K = TypeVar("K")
V = TypeVar("V")
RAW = NullType()
"""For `type_coerce`: text on SQLite, Python's own types on PostgreSQL."""


class Turned(dict[K, V]):
    """What a function makes of a key, made once each."""

    def __init__(self, turn: Callable[[K], V]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, key: K) -> V:
        self[key] = self._turn(key)
        return self[key]


def day_of(raw: Any) -> date | None:
    """Return a day from the driver's own form: text on SQLite."""
    day: date | None = date.fromisoformat(raw) if isinstance(raw, str) else raw
    return day


def instant_of(raw: Any) -> datetime:
    """Return an instant from the driver's own form: text on SQLite, which keeps no zone."""
    instant = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def ms_of(raw: Any) -> int:
    """Return an instant from the driver's own form in ms."""
    return to_ms(instant_of(raw))


def words_of(raw: Any) -> tuple[str, ...]:
    """Return a JSON list of words."""
    if raw is None or raw == "[]":
        return ()
    return tuple(json.loads(raw) if isinstance(raw, str) else raw)
