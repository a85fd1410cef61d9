"""A file that holds room for the journal: given up when the disk is full, taken again when it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from content.errors import ConfigurationError
from station.files import PRIVATE

T = TypeVar("T")

BALLAST_BYTES = 4 << 20
_ROOM_TIMES = 4


class Ballast:
    """Room of `size` bytes at `path`: a full disk still takes what is to be journalled for days."""

    def __init__(self, path: Path, *, size: int = BALLAST_BYTES) -> None:
        self._path = path
        self._size = size

    @property
    def held(self) -> bool:
        """Whether the room is held."""
        return self._path.exists() and self._path.stat().st_size == self._size

    def take(self) -> bool:
        """Hold the room if the disk has plenty; tell whether it is held."""
        if not self.held and shutil.disk_usage(self._path.parent).free > _ROOM_TIMES * self._size:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, PRIVATE)
            try:
                os.posix_fallocate(handle, 0, self._size)
            finally:
                os.close(handle)
        return self.held

    def give_up(self) -> bool:
        """Let the journal have the room; tell whether there was any to give."""
        held = self._path.exists()
        self._path.unlink(missing_ok=True)
        return held

    def with_room(self, open_it: Callable[[], T]) -> T:
        """Return what `open_it` opens; when it cannot, it may have the room, and is asked once more."""
        try:
            return open_it()
        except ConfigurationError:
            if not self.give_up():
                raise
            return open_it()
