"""Clocks: stepped for tests, steered by a file in rehearsal, the machine's otherwise."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.clock import FileClock, RouteClock, SteppedClock, SystemClock, clock_of_process

START = datetime(2026, 11, 23, tzinfo=UTC)


def test_waiting_lets_time_pass() -> None:
    clock = SteppedClock(START)
    assert clock.wait(threading.Event(), 90) is False
    assert clock.now() == START + timedelta(seconds=90)


def test_a_set_event_ends_waiting_at_once() -> None:
    clock, event = SteppedClock(START), threading.Event()
    event.set()
    assert clock.wait(event, 90) is True
    assert clock.now() == START


def test_a_step_moves_only_the_wall() -> None:
    clock = SteppedClock(START)
    before = clock.monotonic()
    clock.step(3600)
    assert (clock.now(), clock.monotonic()) == (START + timedelta(hours=1), before)


def test_a_file_moves_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock, system = FileClock(file), SystemClock()
    file.write_text(json.dumps({"offset_ms": 3_600_000}))
    ahead = clock.now() - system.now()
    assert timedelta(minutes=59) < ahead < timedelta(minutes=61)


def test_a_file_makes_time_run_faster(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({"rate_permille": 1_000_000}))
    clock, system = FileClock(file), SystemClock()
    clock.monotonic()
    began, real = clock.monotonic(), system.monotonic()
    clock.wait(threading.Event(), 10)
    assert clock.monotonic() - began >= 10
    assert system.monotonic() - real < 5


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({}, SystemClock),
        ({"LOAPHUONG_CLOCK": "x"}, SystemClock),
        ({"LOAPHUONG_CLOCK": "x", "LOAPHUONG_MODE": "production"}, SystemClock),
        ({"LOAPHUONG_CLOCK": "x", "LOAPHUONG_MODE": "rehearsal"}, FileClock),
    ],
)
def test_the_file_is_honoured_in_rehearsal_only(environ: dict[str, str], kind: type) -> None:
    assert isinstance(clock_of_process(environ), kind)


ROUTE = [(1_000, 50_000), (2_000, 60_000), (12_000, 61_000)]


@pytest.mark.parametrize(
    ("machine_s", "shown_s"), [(0, 49), (1, 50), (1.5, 55), (2, 60), (7, 60.5), (12, 61), (15, 64)]
)
def test_a_route_runs_at_its_own_pace_between_its_points(machine_s: float, shown_s: float) -> None:
    clock = RouteClock(ROUTE, machine=lambda: machine_s)
    assert clock.monotonic() == pytest.approx(shown_s)
    assert clock.now().timestamp() == pytest.approx(shown_s)


def test_waiting_on_a_route_takes_as_long_as_the_route(tmp_path: Path) -> None:
    file, now = tmp_path / "clock.json", round(time.monotonic() * 1000)
    # An hour passes in 50 ms, a minute long: who comes late by some ms has not come to the route's end.
    file.write_text(json.dumps({"route": [[now, 0], [now + 60_000, 1200 * 3_600_000]]}))
    clock = clock_of_process({"LOAPHUONG_CLOCK": str(file), "LOAPHUONG_MODE": "rehearsal"})
    assert not clock.wait(threading.Event(), 3600)
    assert clock.now() >= datetime(1970, 1, 1, 1, tzinfo=UTC) - timedelta(seconds=1)


def test_a_process_that_is_held_up_does_not_oversleep() -> None:
    machine = iter([0.0, 0.0, *[9.0] * 9])
    clock = RouteClock([(0, 0), (10_000, 3_600_000)], machine=lambda: next(machine))
    assert not clock.wait(threading.Event(), 0.001)
    assert clock.monotonic() == pytest.approx(0.001)
