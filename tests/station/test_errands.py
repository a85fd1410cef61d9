"""Errands back off, recover, and are rung; the bell only says "look"."""

from __future__ import annotations

import random
import threading

import pytest

from content.clock import SystemClock
from content.errors import ContractError, UnavailableError
from station import bell
from station.errands import Errand, about, backoff_seconds
from tests.station.fakes import TOKEN, FakeCentre, make_manifest


@pytest.mark.parametrize(("failures", "most"), [(1, 1), (2, 2), (5, 16), (7, 60), (500, 60)])
def test_the_wait_grows_with_full_jitter(failures: int, most: float) -> None:
    waits = [backoff_seconds(failures, chance=random.Random(seed)) for seed in range(200)]  # noqa: S311
    assert max(waits) <= most
    assert min(waits) < most / 10
    assert max(waits) > most * 0.9


def test_a_centre_that_asks_for_peace_gets_it() -> None:
    waits = [backoff_seconds(1, asked=20, chance=random.Random(seed)) for seed in range(200)]  # noqa: S311
    assert min(waits) >= 20
    assert max(waits) > 38


def test_stations_do_not_fall_into_step() -> None:
    waits = [about(30, chance=random.Random(seed)) for seed in range(200)]  # noqa: S311
    assert (24 <= min(waits) < 25, 35 < max(waits) <= 36) == (True, True)


def test_a_failure_and_its_end_are_told() -> None:
    told: list[tuple[str | None, int | None]] = []
    trouble: list[Exception] = [UnavailableError("x", status=503, retry_after_seconds=7)]

    def call() -> None:
        if trouble:
            raise trouble.pop()

    errand = Errand(
        "manifest", call, every=lambda: 1.0, clock=SystemClock(), told=lambda *said: told.append(said)
    )
    errand.try_once()
    errand.try_once()
    assert told == [("x", 503), (None, None)]


def test_a_wait_that_may_be_shorter_now_is_chosen_anew() -> None:
    calls, waits = threading.Semaphore(0), [60.0, 0.0, 60.0]
    errand = Errand("manifest", calls.release, every=lambda: waits.pop(0), clock=SystemClock())
    errand.start()
    assert calls.acquire(timeout=5)
    errand.hasten()
    assert calls.acquire(timeout=5)
    errand.stop()
    errand.join(5)
    assert not errand.is_alive()


@pytest.mark.parametrize("error", [UnavailableError("x"), OSError("disk"), KeyError("bug")])
def test_a_failure_is_counted_and_the_next_success_forgets_it(error: Exception) -> None:
    failing = [True]

    def call() -> None:
        if failing:
            raise error

    errand = Errand("manifest", call, every=lambda: 1.0, clock=SystemClock())
    errand.try_once()
    errand.try_once()
    assert errand.failures == 2
    failing.clear()
    errand.try_once()
    assert errand.failures == 0


def test_an_errand_is_done_at_once_when_rung_and_once_more_at_the_end() -> None:
    calls = threading.Semaphore(0)
    errand = Errand("as-run", calls.release, every=lambda: 60.0, clock=SystemClock())
    errand.start()
    assert calls.acquire(timeout=5)
    errand.ring()
    assert calls.acquire(timeout=5)
    errand.stop(once_more=True)
    errand.join(5)
    assert calls.acquire(blocking=False)


@pytest.mark.parametrize(
    ("lines", "generations"),
    [
        ([b'data: {"generation": 7}', b""], [7]),
        ([b": hello", b"event: x", b"data:{}", b"data: nonsense", b"data: [1]"], []),
        ([b'data: {"generation": "7"}', b'data:{"generation":8}'], [8]),
    ],
)
def test_only_a_generation_rings(lines: list[bytes], generations: list[int]) -> None:
    assert [rung.generation for rung in bell.rings(lines)] == generations


def test_a_call_brings_its_manifest_along() -> None:
    (rung,) = bell.rings([b'data: {"generation": 7, "envelope": "{\\"payload\\":1}"}'])
    assert rung == bell.Rung(7, b'{"payload":1}')


def test_lines_are_seen_as_they_come_and_have_an_end() -> None:
    parts = iter([b"da", b"ta: 1\r\n\nda", b"ta: 2\n", b""])
    assert list(bell.lines_of(lambda _: next(parts))) == [b"data: 1", b"", b"data: 2"]
    with pytest.raises(ContractError):
        list(bell.lines_of(lambda size: b"x" * size))


def test_the_bell_is_heard_when_it_rings(centre: FakeCentre) -> None:
    centre.publish(make_manifest(generation=5))
    heard: list[int] = []
    opened, rung = threading.Event(), threading.Event()

    def ring(told: bell.Rung) -> None:
        heard.append(told.generation)
        rung.set()

    def hold() -> None:
        with pytest.raises(UnavailableError):
            bell.listen(f"{centre.url}/bell", TOKEN, opened=opened.set, ring=ring)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    centre.wait_for(lambda: centre.bells)
    assert opened.wait(5)
    centre.ring()
    assert rung.wait(5)
    centre.hang_up()
    thread.join(5)
    assert (heard, thread.is_alive()) == ([5], False)


def test_a_bell_that_refuses_is_unavailable(centre: FakeCentre) -> None:
    with pytest.raises(UnavailableError):
        bell.listen(f"{centre.url}/bell", "wrong", opened=lambda: None, ring=lambda _: None)
