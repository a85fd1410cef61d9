"""At most so many at a time, over all processes: a few lock files that the system frees when one dies."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from audio.files import told
from content.clock import Clock
from content.errors import UnavailableError

_LOOK_AGAIN_S = 0.05


@contextmanager
def slot(folder: Path, clock: Clock, *, count: int, limit_s: float) -> Iterator[None]:
    """Hold one of `count` places while the block runs; UnavailableError when none is free in time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = _wait_for_one(folder, clock, count, limit_s)
    except OSError as error:
        raise UnavailableError(
            "Không ghi được vào {folder}: {why}.", folder=folder, why=told(error)
        ) from error
    with held:
        yield


def _wait_for_one(folder: Path, clock: Clock, count: int, limit_s: float) -> IO[bytes]:
    end = clock.monotonic() + limit_s
    while True:
        for number in range(count):
            if held := _try(folder / f"slot-{number}"):
                return held
        if clock.monotonic() > end:
            break
        clock.wait(threading.Event(), _LOOK_AGAIN_S)
    raise UnavailableError("Đã có {count} yêu cầu đang chờ giọng đọc trả lời.", count=count)


def _try(path: Path) -> IO[bytes] | None:
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
