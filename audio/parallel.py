"""Pieces of work side by side: the first failure ends all, and nobody waits for what is still under way."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LOOK_S = 0.25
Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Outcome(Generic[Made]):
    """What became of the item at `place`: made, or why not."""

    place: int
    made: Made | None = None
    error: BaseException | None = None


def in_parallel(
    work: Callable[[Item], Made],
    items: Sequence[Item],
    *,
    at_once: int,
    look: Callable[[], object] = lambda: None,
) -> Iterator[tuple[int, Made]]:
    """Do `work` for every item on at most `at_once` threads; give (place, result) as each is done.

    The first error that `work` raises is raised here, and so is what `look` raises, which is called while
    one waits, several times a second.  However it ends, no further item is begun, and what is under way
    is left to end by itself, unheard.  Nobody runs ahead of who takes the results by more than twice
    `at_once`.
    """
    ended, ahead = threading.Event(), threading.Semaphore(2 * at_once)
    outcomes: queue.SimpleQueue[Outcome[Made]] = queue.SimpleQueue()
    places = itertools.count()

    def run() -> None:
        while ahead.acquire() and not ended.is_set() and (place := next(places)) < len(items):
            outcomes.put(_tried(work, items, place))

    try:
        for _ in range(min(at_once, len(items))):
            threading.Thread(target=run, daemon=True).start()
        for _ in items:
            yield _taken(_next(outcomes, look))
            ahead.release()
    finally:
        ended.set()
        ahead.release(at_once)


def _tried(work: Callable[[Item], Made], items: Sequence[Item], place: int) -> Outcome[Made]:
    try:
        return Outcome(place, work(items[place]))
    except BaseException as error:  # noqa: BLE001 (a thread's boundary: it is raised where one waits)
        return Outcome(place, error=error)


def _next(outcomes: queue.SimpleQueue[Outcome[Made]], look: Callable[[], object]) -> Outcome[Made]:
    while True:
        try:
            return outcomes.get(timeout=LOOK_S)
        except queue.Empty:
            look()


def _taken(outcome: Outcome[Made]) -> tuple[int, Made]:
    if outcome.error is not None:
        raise outcome.error
    return outcome.place, outcome.made  # type: ignore[return-value]  # made, for there is no error
