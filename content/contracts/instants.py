"""Instants and local times as they travel: always 24 characters of UTC, local time only beside a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from content.errors import ContractError

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def format_instant(instant: datetime) -> str:
    """Return `instant` (aware) as `2026-11-22T23:00:00.000Z`, cut to the millisecond."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_instant(text: object) -> datetime:
    """Return the aware instant that `text` names, or raise ContractError."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ContractError("Thời điểm “{text}” không đúng dạng 2026-11-22T23:00:00.000Z.", text=text)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ContractError("Thời điểm “{text}” không có thật.", text=text) from error


def parse_local_time(text: object) -> time:
    """Return the wall time that `HH:MM` names, or raise ContractError (24:00 is none)."""
    if not isinstance(text, str) or not _LOCAL_TIME.fullmatch(text):
        raise ContractError("Giờ “{text}” không đúng dạng 06:00.", text=text)
    return time.fromisoformat(text)
