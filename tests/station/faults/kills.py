"""kill -9 of the station at every point of a clip's life; then the machine starts again."""

from __future__ import annotations

import signal
from functools import partial

from tests.station.faults.case import Case, Fault
from tests.station.faults.doom import POINTS
from tests.station.faults.machine import DOOMED

WHOLE, CUT, NONE = "whole", "cut", "none"
PLAYED, POWER_LOST = "played", "interrupted (power_lost)"
FIRST_S, SECOND_S = 3.0, 5.0


def kill_at(point: str, case: Case) -> None:
    """Let the power go at `point` of the first airing's life; the second comes after the restart."""
    case.town.plan(case.ward, FIRST_S)
    process = case.machine.start(*DOOMED, point)
    code = process.wait(60)
    if code != -signal.SIGKILL:
        raise AssertionError(f"the station ended with {code} before {point}: {case.machine.log()}")
    case.town.plan(case.ward, SECOND_S)
    case.finish()


def kill_while_it_sounds(case: Case) -> None:
    """Kill the station from outside in the middle of the first airing."""
    case.town.plan(case.ward, FIRST_S, ms=2000)
    process = case.machine.start()
    case.sounds(60_000)
    process.kill()
    process.wait()
    case.town.plan(case.ward, SECOND_S)
    case.finish()


_ENDS = {
    "before fetch": (WHOLE, PLAYED),
    "after fetch, before rename": (WHOLE, PLAYED),
    "after rename": (WHOLE, PLAYED),
    "before starting": (WHOLE, PLAYED),
    "starting written, not committed": (WHOLE, PLAYED),
    "after starting": (NONE, POWER_LOST),
    "at first sample": (CUT, POWER_LOST),
    "before finished": (WHOLE, POWER_LOST),
    "after finished": (WHOLE, PLAYED),
    "before posting": (WHOLE, PLAYED),
    "after posting, before the answer is kept": (WHOLE, PLAYED),
    "after ack": (WHOLE, PLAYED),
}
KILLS = [
    *(
        Fault(
            f"kill -9: {point}", partial(kill_at, point), (_ENDS[point][0], WHOLE), (_ENDS[point][1], PLAYED)
        )
        for point in POINTS
    ),
    Fault("kill -9: in the middle", kill_while_it_sounds, (CUT, WHOLE), (POWER_LOST, PLAYED)),
]
