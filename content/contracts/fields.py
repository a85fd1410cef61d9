"""Small checks of what arrives: a field is of its type, or a ContractError says which is not."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from content.errors import ContractError

T = TypeVar("T")
SHA256 = re.compile(r"[0-9a-f]{64}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ZEROS = "0" * 64


def exact_keys(message: object, names: frozenset[str], what: str) -> dict[str, Any]:
    """Return `message` if it is an object with just the keys `names`."""
    if not isinstance(message, dict) or message.keys() != names:
        given = sorted(message) if isinstance(message, dict) else type(message).__name__
        raise ContractError("{what} thiếu hoặc thừa trường: {given}.", what=what, given=given)
    return message


def typed(message: dict[str, Any], name: str, kind: type[T]) -> T:
    """Return field `name` if it is of `kind` (a bool is no int)."""
    value = message[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ContractError("Trường {name} phải là {kind}.", name=name, kind=kind.__name__)
    return value


def optional(message: dict[str, Any], name: str, kind: type[T]) -> T | None:
    """Return field `name` if it is null or of `kind`."""
    return None if message[name] is None else typed(message, name, kind)


def count(message: dict[str, Any], name: str, *, least: int = 0) -> int:
    """Return field `name` if it is a whole number of at least `least`."""
    value = typed(message, name, int)
    if value < least:
        raise ContractError("Trường {name} phải từ {least} trở lên.", name=name, least=least)
    return value


def sha256(message: dict[str, Any], name: str) -> str:
    """Return field `name` if it is 64 hex digits."""
    return matching(message, name, SHA256)


def matching(message: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    """Return field `name` if it is text that `pattern` matches whole."""
    value = typed(message, name, str)
    if not pattern.fullmatch(value):
        raise ContractError("Trường {name} có giá trị lạ: {value}.", name=name, value=value[:80])
    return value
