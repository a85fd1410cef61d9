"""A child for tests: does what the wish says."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from audio.voices.standing import Answer, answer_wishes


def answer(wish: Mapping[str, Any]) -> Answer:
    """Hang, die, print, or echo with this process's id."""
    if wish["do"] == "hang":
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pause()
    if wish["do"] == "die":
        sys.exit("đứt giữa chừng")
    if wish["do"] == "print":
        print("a library's chatter")  # noqa: T201 (that is the point)
    return Answer(
        {"pid": os.getpid(), "secret": os.environ.get("LOAPHUONG_SECRET_KEY")}, b"\0\n\xff" * 99_999
    )


if __name__ == "__main__":
    answer_wishes(answer)
