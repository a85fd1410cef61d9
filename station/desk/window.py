"""The window between the page's threads and the main loop, which alone touches stage and journal."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from content.clock import Clock
from content.errors import LoaPhuongError, UnavailableError

PATIENCE_SECONDS = 5.0
T = TypeVar("T")


class _Question(Generic[T]):
    """Something to be done by the main loop, and what came of it."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._answers: list[T] = []
        self.error: Exception | None = None
        self.settled = threading.Event()

    def settle(self) -> None:
        """Do it; an error goes to who asked, and is raised here too."""
        try:
            self._answers.append(self._call())
        except Exception as error:
            self.error = error
            raise
        finally:
            self.settled.set()

    def answer(self) -> T:
        """Return what came of it."""
        if self.error is not None:
            raise self.error
        return self._answers[0]


class Window:
    """`ask` waits in a page's thread; `serve` answers in the main loop."""

    def __init__(self, wake: threading.Event, clock: Clock) -> None:
        self._wake = wake
        self._clock = clock
        self._waiting: queue.SimpleQueue[_Question[object]] = queue.SimpleQueue()

    def ask(self, call: Callable[[], T], *, patience: float = PATIENCE_SECONDS) -> T:
        """Have `call` done by the main loop and return what it returns, or raise what it raises.

        Raises UnavailableError when the loop does not come to it in `patience` seconds; it may still.
        """
        question = _Question(call)
        self._waiting.put(question)  # type: ignore[arg-type]
        self._wake.set()
        if not self._clock.wait(question.settled, patience):
            raise UnavailableError("Chương trình của trạm không trả lời; hãy thử lại.")
        return question.answer()

    def serve(self) -> None:
        """Answer what waits; raises what is no answer but a trouble of the loop's own."""
        while not self._waiting.empty():
            with contextlib.suppress(LoaPhuongError):
                self._waiting.get().settle()
