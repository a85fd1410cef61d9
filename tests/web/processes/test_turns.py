"""Writers take turns where they must, and the urgent one does not wait for the others."""

from __future__ import annotations

import threading

import pytest

from web.processes.turns import Turns

PATIENCE = 5.0


def test_the_urgent_one_goes_before_those_that_wait() -> None:
    turns, order = Turns(needed=True), []
    asked = [threading.Event() for _ in range(3)]

    def work(number: int) -> None:
        asked[number].set()
        with turns.turn(urgent=number == 2):
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    with turns.turn():
        for number, thread in enumerate(threads):
            thread.start()
            assert asked[number].wait(PATIENCE)
        _until_waiting(turns)
    for thread in threads:
        thread.join(PATIENCE)
    assert order[0] == 2
    assert sorted(order) == [0, 1, 2]


def _until_waiting(turns: Turns) -> None:
    """Wait until the urgent one has said that it waits."""
    with turns._changed:
        while not turns._urgent:
            turns._changed.wait(0.01)


def test_a_failing_writer_gives_its_turn_back() -> None:
    turns = Turns(needed=True)
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn(urgent=True):
        assert turns._busy


def test_where_many_can_write_nobody_waits() -> None:
    turns = Turns(needed=False)
    with turns.turn(), turns.turn(urgent=True):
        assert not turns._busy
