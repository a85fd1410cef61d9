"""LP-JSON: the one byte form of a message.  Receivers verify the bytes they got and never re-serialise."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from content.errors import ContractError


def encode(value: Any) -> bytes:
    """Return `value` as LP-JSON: sorted ASCII keys, no blanks, UTF-8, no floats."""
    _refuse_floats(value)
    return encode_known(value)


def encode_known(value: Any) -> bytes:
    """Return as LP-JSON what was decoded from it, or put together from such; it is not looked through."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def decode(data: bytes) -> Any:
    """Return the value that JSON `data` holds; floats, doubled keys and NaN raise ContractError."""
    try:
        return json.loads(data, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise ContractError("Dữ liệu không phải LP-JSON: {why}.", why=str(error)) from error


def decode_known(data: bytes) -> Any:
    """Return the value of LP-JSON that we wrote ourselves; it is not looked through."""
    return json.loads(data)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("LP-JSON holds no floats")
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise TypeError("LP-JSON keys are ASCII strings")
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"no floats: {text}")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
