"""A station process with a breakpoint at which the power goes: `python -m tests.station.faults.doom POINT`.

Nothing of the station is replaced: the interpreter tells of every call and return, and at the chosen
one the process kills itself as `kill -9` does.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType

from station.centre import Centre
from station.chain import Chain
from station.cli import run
from station.journal import Journal
from station.store import Store

FINISHED = b'"event":"finished"'


@dataclass(frozen=True)
class Point:
    """A moment in a clip's life: a function's `call` or `return`, when `when` holds in its frame."""

    code: CodeType
    event: str
    when: Callable[[FrameType], bool] = lambda _frame: True


def _carries_an_end(frame: FrameType) -> bool:
    return FINISHED in frame.f_locals["batch"]


def _inside_starting(frame: FrameType) -> bool:
    return frame.f_back is not None and frame.f_back.f_code is Journal.starting.__code__


def _all_is_acknowledged(frame: FrameType) -> bool:
    chain = frame.f_locals["self"]
    ended = chain._db.read("select 1 from airing where ended = 1")
    return bool(ended) and not chain.unsent(limit=1)


POINTS = {
    "before fetch": Point(Store.fetch.__code__, "call"),
    "after fetch, before rename": Point(Centre.fetch_clip.__code__, "return"),
    "after rename": Point(Store.fetch.__code__, "return"),
    "before starting": Point(Journal.starting.__code__, "call"),
    "starting written, not committed": Point(Chain.record.__code__, "return", _inside_starting),
    "after starting": Point(Journal.starting.__code__, "return"),
    "at first sample": Point(Journal.begun.__code__, "call"),
    "before finished": Point(Journal.finished.__code__, "call"),
    "after finished": Point(Journal.finished.__code__, "return"),
    "before posting": Point(Centre.send_as_run.__code__, "call", _carries_an_end),
    "after posting, before the answer is kept": Point(Centre.send_as_run.__code__, "return", _carries_an_end),
    "after ack": Point(Chain.acknowledge.__code__, "return", _all_is_acknowledged),
}


def arm(point: Point) -> None:
    """Have the process die at `point`, whichever thread comes there."""

    def watch(frame: FrameType, event: str, _: object) -> None:
        if frame.f_code is point.code and event == point.event and point.when(frame):
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)


if __name__ == "__main__":
    arm(POINTS[sys.argv.pop(1)])
    run()
