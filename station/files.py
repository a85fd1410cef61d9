"""Files that are either the old or the new, never half: written aside, synced, renamed."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE = 0o600
_OTHERS = 0o077


def keep_private(folder: Path) -> None:
    """Let nobody else read what this process makes from now on, nor what stands in `folder` already."""
    os.umask(_OTHERS)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink() and path.stat().st_mode & _OTHERS:
            path.chmod(path.stat().st_mode & ~_OTHERS)


def write_private(path: Path, data: bytes) -> None:
    """Write `data` to `path` (mode 0600) atomically."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    settle(part, path)


def settle(part: Path, path: Path) -> None:
    """Give the synced file `part` its name `path`, for good."""
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
