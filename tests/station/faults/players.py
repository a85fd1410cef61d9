"""Faults of the player itself: mpv killed, mpv frozen, the program killed while mpv sounds.

The station runs in production and sounds through mpv into PulseAudio's null sink, which is recorded.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.audio.players.loudspeaker import DEVICE, RATE, Recording, null_sink
from tests.station.faults.case import Case, Fault
from tests.station.faults.disks import children
from tests.station.faults.ears import Sound, sounds_in
from tests.station.faults.kills import CUT, PLAYED, POWER_LOST, WHOLE
from tests.station.faults.machine import REAL, until

LONG_MS = 6000
SLACK_MS = 700
CLICK_MS = 40
STARVED_MS = 500
"""A sound server that gets no processor leaves gaps; to begin again takes a program or an mpv longer."""
HEARD_BYTES = RATE * 2


def mpv_fails(case: Case, *, by: signal.Signals) -> None:
    """Let mpv fail in the middle of an airing; another takes its place and goes on."""
    with _recorded(case):
        case.town.plan(case.ward, 4.0, ms=LONG_MS, late_s=90)
        with case.machine.running() as process:
            _wait_for_sound(case)
            os.kill(_mpv(process.pid), by)
            case.told()
            case.town.plan(case.ward, 5.0, late_s=90)
            case.told()


def program_is_killed(case: Case) -> None:
    """Kill the program while mpv sounds: mpv falls silent with it."""
    with _recorded(case):
        case.town.plan(case.ward, 4.0, ms=LONG_MS, late_s=90)
        process = case.machine.start()
        _wait_for_sound(case)
        mpv = _mpv(process.pid)
        process.kill()
        process.wait()
        until(lambda: not Path(f"/proc/{mpv}/fd").exists() or _is_dead(mpv), "mpv is gone")
        case.town.plan(case.ward, 5.0, late_s=90)
        case.finish()


@contextmanager
def _recorded(case: Case) -> Iterator[None]:
    with null_sink(case.machine.folder / "pulse") as server:
        case.machine.environ |= {
            "LOAPHUONG_MODE": "production",
            "LOAPHUONG_STATION_SINK": "mpv",
            "LOAPHUONG_STATION_SPREAD_SECONDS": "0",
            "LOAPHUONG_STATION_AUDIO_DEVICE": DEVICE,
            "PULSE_SERVER": server,
        }
        recording = Recording(server, REAL)
        case.recording = recording
        try:
            yield
        finally:
            recording.end()
            began = REAL.now() + timedelta(seconds=recording.instant(0) - REAL.monotonic())
            sounds = sounds_in(recording.values(), RATE, began=began, gap_ms=STARVED_MS)
            case.recorded += [sound for sound in sounds if sound.ms > CLICK_MS]


def _wait_for_sound(case: Case) -> None:
    until(lambda: "on air" in case.machine.log(), "mpv sounds")
    heard = len(case.recording.samples) if case.recording else 0
    until(lambda: case.recording and len(case.recording.samples) > heard + HEARD_BYTES, "a second of it")


def _mpv(pid: int) -> int:
    return next(child for child in children(pid) if _name(child) == "mpv")


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _heard(case: Case) -> list[Sound]:
    return case.recorded


def _fault(name: str, by: signal.Signals) -> Fault:
    return Fault(
        name,
        partial(mpv_fails, by=by),
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        ("player_restarted",),
        in_parts=True,
        slack_ms=SLACK_MS,
        mode="production",
        heard=_heard,
    )


PLAYERS = [
    _fault("mpv killed", signal.SIGKILL),
    _fault("mpv frozen", signal.SIGSTOP),
    Fault(
        "kill -9: while mpv sounds",
        program_is_killed,
        (CUT, WHOLE),
        (POWER_LOST, PLAYED),
        slack_ms=SLACK_MS,
        mode="production",
        heard=_heard,
    ),
]
