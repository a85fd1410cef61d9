"""Clocks: stepped for tests, steered by a file in rehearsal, the machine's otherwise."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.clock import FileClock, SteppedClock, SystemClock, clock_of_process

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
