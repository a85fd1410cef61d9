"""Pieces of work side by side: all done, the first failure ends it, nobody waits for what hangs."""

from __future__ import annotations

import threading

import pytest

from audio.parallel import in_parallel


def test_every_piece_is_done_and_named_by_its_place() -> None:
    done = dict(in_parallel(lambda word: word.upper(), ["a", "b", "c", "d"], at_once=3))
    assert done == {0: "A", 1: "B", 2: "C", 3: "D"}


def test_no_more_than_so_many_at_once_and_really_so_many() -> None:
    meet = threading.Barrier(3, timeout=10)
    done = dict(in_parallel(lambda _: meet.wait(), range(9), at_once=3))
    assert sorted(done) == list(range(9))


def test_the_first_failure_is_told_at_once_though_another_piece_hangs() -> None:
    hang = threading.Event()

    def work(number: int) -> None:
        if number == 1:
            raise ValueError("broken")
        hang.wait(20)

    with pytest.raises(ValueError, match="broken"):
        list(in_parallel(work, range(50), at_once=2))
    hang.set()


def test_what_is_seen_while_one_waits_ends_it_at_once() -> None:
    hang, begun = threading.Event(), list[int]()

    def work(number: int) -> None:
        begun.append(number)
        hang.wait(20)

    def look() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(in_parallel(work, range(50), at_once=2, look=look))
    hang.set()
    assert len(begun) <= 2


def test_nobody_runs_far_ahead_of_who_takes_the_results() -> None:
    begun: list[int] = []
    results = in_parallel(begun.append, range(100), at_once=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(begun) <= 6


def test_nothing_to_do_is_nothing() -> None:
    assert list(in_parallel(str, [], at_once=2)) == []
