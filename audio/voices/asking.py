"""Whether a voice may go on asking: what it looks at before each request, on the thread that speaks.

A voice that sends words out calls `require` before every request, and waits on `ended` rather than merely
sleep: so a clip that was cancelled, or whose words must stay in the house by now, is asked for no more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from content.errors import ConflictError


@dataclass(frozen=True)
class Asking:
    """`check` raises when the words may not go out now; `ended` is set when nobody waits any more."""

    check: Callable[[], object] = lambda: None
    ended: threading.Event = field(default_factory=threading.Event)


_ASKING: ContextVar[Asking | None] = ContextVar("asking", default=None)


@contextmanager
def asking(one: Asking) -> Iterator[None]:
    """Let what speaks within the block, on this thread, heed `one`."""
    token = _ASKING.set(one)
    try:
        yield
    finally:
        _ASKING.reset(token)


def require() -> None:
    """Raise what `check` raises, ConflictError when nobody waits; outside of any block nothing is asked."""
    if (one := _ASKING.get()) is None:
        return
    if one.ended.is_set():
        raise ConflictError("Không còn ai chờ tiếng này.")
    one.check()


def ended() -> threading.Event:
    """Return the event to wait on in place of sleeping."""
    one = _ASKING.get()
    return one.ended if one else threading.Event()
