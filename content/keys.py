"""Secrets made once and kept in the data folder, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from content.contracts.signing import PrivateKey
from content.errors import ConfigurationError

_KEY_BYTES = 32


def centre_key(folder: Path) -> PrivateKey:
    """Return the key the centre signs with, made at the first call."""
    return PrivateKey(_kept(folder / "centre.key"))


def session_secret(folder: Path) -> str:
    """Return the secret that cookies are signed with, made at the first call."""
    return _kept(folder / "session.key").hex()


def _kept(path: Path) -> bytes:
    """Return the 32 bytes in `path`; of several processes that start at once, one writes."""
    try:
        return _read(path)
    except FileNotFoundError:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        _write(part, secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    if len(data) != _KEY_BYTES:
        raise ConfigurationError("Tệp khóa {path} bị hỏng (cần {size} byte).", path=path, size=_KEY_BYTES)
    return data


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
